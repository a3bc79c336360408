import { messageOf } from "../core/errors.ts";
import {
  LOG_LEVELS,
  type LogEvent,
  type LogFields,
  type LogLevel,
  type LogSink,
} from "./log-event.ts";

/** Where the events of one reactor go, how many of them, and from which level on. */
export class LogTarget {
  readonly #now: () => number;
  readonly #sink: LogSink;
  readonly #fields: LogFields | undefined;
  readonly #least: number;
  readonly #perSecondMax: number;
  /** The second that is counted, how many events came in it, and how many were left out. */
  #second = NaN;
  #count = 0;
  #leftOut = 0;
  #failed = false;

  constructor(
    now: () => number,
    sink: LogSink,
    level: LogLevel,
    perSecondMax: number,
    fields?: LogFields,
  ) {
    this.#now = now;
    this.#sink = sink;
    this.#least = LOG_LEVELS.indexOf(level);
    this.#perSecondMax = perSecondMax;
    this.#fields = fields;
  }

  takes(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= this.#least;
  }

  send(level: LogLevel, message: string, fields: LogFields): void {
    if (!this.takes(level)) return;
    const time = this.#now();
    const second = Math.floor(time);
    if (second !== this.#second) {
      this.#second = second;
      this.#count = 0;
      this.flush();
    }
    if (this.#count === this.#perSecondMax) {
      this.#leftOut++;
      return;
    }
    this.#count++;
    this.#deliver({ time, level, message, fields: { ...this.#fields, ...fields } });
  }

  /** Says how many events were left out, if some were. */
  flush(): void {
    const leftOut = this.#leftOut;
    if (leftOut === 0) return;
    this.#leftOut = 0;
    const message = `${leftOut} events were left out: over ${this.#perSecondMax} came in a second`;
    this.#deliver({ time: this.#now(), level: "warn", message, fields: { ...this.#fields } });
  }

  #deliver(event: LogEvent): void {
    try {
      this.#sink(event);
    } catch (error) {
      if (this.#failed) return;
      this.#failed = true;
      console.error(`The log cannot be written: ${messageOf(error)}; it is said once`);
    }
  }
}
