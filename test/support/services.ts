/** Services that do as a test says, and log what they are told. */
import { Deferred } from "skein/defer";
import { MultiService, Service, type ServiceOptions } from "skein";

/** What a hook does: nothing, throw, or return something to be waited for. */
export type Hook = (signal: AbortSignal) => unknown;

/** Logs `start NAME` and `stop NAME`, and does as it is told. */
export class Part extends Service {
  readonly log: string[];
  onPrepare: Hook = () => undefined;
  onStart: Hook = () => undefined;
  onStop: Hook = () => undefined;

  constructor(log: string[], options: ServiceOptions = {}) {
    super(options);
    this.log = log;
  }

  protected override privilegedStart(signal: AbortSignal): unknown {
    this.log.push(`prepare ${this.name}`);
    return this.onPrepare(signal);
  }

  protected override start(signal: AbortSignal): unknown {
    this.log.push(`start ${this.name}`);
    return this.onStart(signal);
  }

  protected override stop(signal: AbortSignal): unknown {
    this.log.push(`stop ${this.name}`);
    return this.onStop(signal);
  }
}

/** A hook whose Deferreds the test fires; it logs when they are cancelled. */
export interface Gate {
  readonly hook: Hook;
  /** Those that were asked for, the last one first. */
  readonly asked: Deferred<void>[];
  /** How often one was cancelled. */
  readonly cancelled: () => number;
  open(): void;
  fail(error: Error): void;
}

export function gate(): Gate {
  const asked: Deferred<void>[] = [];
  let cancelled = 0;
  const last = (): Deferred<void> => asked[0] as Deferred<void>;
  return {
    asked,
    cancelled: () => cancelled,
    hook() {
      const deferred = new Deferred<void>(() => void cancelled++);
      asked.unshift(deferred);
      return deferred;
    },
    open: () => last().callback(),
    fail: (error) => last().errback(error),
  };
}

/** A MultiService "top" with a part for each name, and their log. */
export function tree(
  names: string,
  options: ServiceOptions = {},
): { top: MultiService; parts: Record<string, Part>; log: string[] } {
  const log: string[] = [];
  const top = new MultiService({ name: "top", ...options });
  const parts: Record<string, Part> = {};
  for (const name of names.split(" ")) {
    const part = (parts[name] = new Part(log, { name }));
    void top.addService(part);
  }
  return { top, parts, log };
}
