import { BadOptionError } from "../../core/errors.ts";

/** What both sides may set. Times are in seconds of the reactor's; Infinity is no limit. */
export interface WebSocketOptions {
  /** Of a message that is received; beyond it the connection ends with 1009. 1 MiB unless given. */
  readonly maxMessageBytes?: number;
  /** Of the pieces that a message comes in; beyond it, as above. 16,384 unless given. */
  readonly maxFragments?: number;
  /** Of what waits to be sent; beyond it the connection is cut off. 16 MiB unless given. */
  readonly maxBufferedBytes?: number;
  /**
   * After so long the peer is asked whether it is there; if nothing comes until the next time, the
   * connection is cut off. 30 unless given.
   */
  readonly pingInterval?: number;
  /** That the peer has to say goodbye, and to close; 10 unless given. */
  readonly closeTimeout?: number;
  /**
   * Whether messages are compressed, or how: as of ws. Off unless given: it takes much memory for
   * each connection, and threads, for which virtual time does not wait.
   */
  readonly perMessageDeflate?: boolean | object;
}

export type WebSocketSettings = Required<WebSocketOptions>;

const DEFAULTS: WebSocketSettings = {
  maxMessageBytes: 1024 * 1024,
  maxFragments: 16 * 1024,
  maxBufferedBytes: 16 * 1024 * 1024,
  pingInterval: 30,
  closeTimeout: 10,
  perMessageDeflate: false,
};

/** @throws BadOptionError for limits that are none. */
export function webSocketSettings(options: WebSocketOptions): WebSocketSettings {
  const given = Object.entries(options).filter(
    ([name, value]) => value !== undefined && name in DEFAULTS,
  );
  const settings: WebSocketSettings = { ...DEFAULTS, ...Object.fromEntries(given) };
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === "number" && !(value > 0)) {
      throw new BadOptionError(`${name} must be over 0, not ${value}`);
    }
  }
  return settings;
}

/** More than any deadline of ours: ws's own is on the system's clock. */
const NEVER_MS = 2 ** 31 - 1;

/** The options as ws knows them. */
export function wsOptions(settings: WebSocketSettings): {
  readonly maxPayload: number;
  readonly maxFragments: number;
  readonly closeTimeout: number;
  readonly perMessageDeflate: boolean | object;
} {
  // To ws 0 is no limit.
  const limit = (value: number): number => (value > NEVER_MS ? 0 : value);
  return {
    maxPayload: limit(settings.maxMessageBytes),
    maxFragments: limit(settings.maxFragments),
    closeTimeout: NEVER_MS,
    perMessageDeflate: settings.perMessageDeflate,
  };
}
