import { SkeinError } from "../core/errors.ts";

/** What leaks: the name that `allow` takes. */
export type LeakKind =
  | "child_process"
  | "crypto"
  | "date"
  | "dgram"
  | "dns"
  | "fs"
  | "messages"
  | "net"
  | "random"
  | "timers"
  | "worker_threads"
  | "zlib";

/** Something real that was used by a program on virtual time. */
export interface Leak {
  readonly kind: LeakKind;
  /** What Node calls it: the type of an asynchronous resource. */
  readonly type: string;
  /** When, in seconds on the reactor's clock. */
  readonly seconds: number;
  /** Where: the innermost call first. */
  readonly stack: string;
}

/** A program on virtual time has used what is real; each place is told once. */
export class VirtualLeakError extends SkeinError {
  override readonly name = "VirtualLeakError";
  readonly code = "ERR_VIRTUAL_LEAK";
  /** Not a field, which would be printed beside the message. */
  readonly #leaks: readonly Leak[];

  constructor(leaks: readonly Leak[]) {
    const told = leaks.map(
      ({ kind, type, seconds, stack }) => `\n  ${kind} (${type}), at ${seconds} s\n${stack}`,
    );
    const count = leaks.length === 1 ? "something real" : `${leaks.length} real things`;
    super(
      `the program used ${count} while time was virtual, so that runs may differ:${told.join("")}` +
        "\n  Simulate it, or allow its kind; docs/virtual.md says how.",
    );
    this.#leaks = leaks;
  }

  get leaks(): readonly Leak[] {
    return this.#leaks;
  }
}
