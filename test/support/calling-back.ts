/** An object of the reactor's thread that workers call. */
import { Deferred } from "skein/defer";
import type { Reactor } from "skein/reactor";
import { deferLater } from "skein/task";

class Named {
  lookUp(name: string): string {
    return `${name}!`;
  }
}

export class Main extends Named {
  readonly reactor: Reactor;
  readonly seen: number[] = [];
  readonly cancelled: string[] = [];
  /** Fires when somebody waits for ever. */
  readonly waiting: Deferred<void> = new Deferred<void>();
  noFunction = 7;

  constructor(reactor: Reactor) {
    super();
    this.reactor = reactor;
  }

  tell(n: number): void {
    this.seen.push(n);
  }

  told(): number[] {
    return this.seen;
  }

  lookUpLater(name: string): Deferred<string> {
    return deferLater(this.reactor, 0.01, () => `${name} at last`);
  }

  fail(): Promise<never> {
    const error = new RangeError("out of reach", { cause: new TypeError("too far") });
    return Promise.reject(Object.assign(error, { code: "ERR_REACH" }));
  }

  failAtOnce(): never {
    throw new RangeError("at once");
  }

  never(): Deferred<string> {
    this.waiting.callback();
    return new Deferred<string>(() => void this.cancelled.push("never"));
  }

  echo(value: unknown): unknown {
    return value;
  }

  giveFunction(): () => void {
    return () => {};
  }
}
