import { BadOptionError } from "../core/errors.ts";

/** Times are in seconds of the reactor's; Infinity is no limit. */
export interface SiteOptions {
  /** For the head of a request, from the connection on, or from its first byte; 60 unless given. */
  readonly headersTimeout?: number;
  /** For a whole request, from its first byte on; 300 unless given. */
  readonly requestTimeout?: number;
  /** That a connection is kept for the next request; 5 unless given. */
  readonly keepAliveTimeout?: number;
  /** Of the head of a request; beyond it the answer is 431. 16 KiB unless given. */
  readonly maxHeaderBytes?: number;
  /** Of the body of a request; beyond it the answer is 413. 16 MiB unless given. */
  readonly maxBodyBytes?: number;
  /** After so many requests a connection is closed; no limit unless given. */
  readonly maxRequestsPerConnection?: number;
  /**
   * Of one connection that are answered at a time: those that are sent in advance (pipelined) wait,
   * and by HTTP/2 the client is told. 100 unless given.
   */
  readonly maxConcurrentRequests?: number;
  /** Whether HTTP/2 is spoken: by ALPN, or with who begins with it. True unless given. */
  readonly http2?: boolean;
  /**
   * What the Date header tells. Unless given, the system's time; on virtual time there is none
   * then, so that traces are equal.
   */
  readonly now?: () => Date;
  /** How long a stopping reactor waits for answers under way; its `drainSeconds` unless given. */
  readonly drainSeconds?: number;
}

/** What a site goes by. */
export type SiteSettings = Required<Omit<SiteOptions, "now" | "drainSeconds">>;

const DEFAULTS: SiteSettings = {
  headersTimeout: 60,
  requestTimeout: 300,
  keepAliveTimeout: 5,
  maxHeaderBytes: 16 * 1024,
  maxBodyBytes: 16 * 1024 * 1024,
  maxRequestsPerConnection: Infinity,
  maxConcurrentRequests: 100,
  http2: true,
};

/** @throws BadOptionError for limits that are none. */
export function siteSettings(options: SiteOptions): SiteSettings {
  const given = Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && name in DEFAULTS),
  );
  const settings: SiteSettings = { ...DEFAULTS, ...given };
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === "number" && !(value > 0)) {
      throw new BadOptionError(`${name} must be over 0, not ${value}`);
    }
  }
  const { drainSeconds = 0 } = options;
  if (!(drainSeconds >= 0)) {
    throw new BadOptionError(`drainSeconds must be 0 or more, not ${drainSeconds}`);
  }
  return settings;
}
