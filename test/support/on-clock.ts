/** Tests on virtual time that drives itself. */
import type { Failure } from "skein/defer";
import { Protocol } from "skein/protocols";
import { type ClockOptions, createReactor, type Reactor } from "skein/reactor";
import { deferLater } from "skein/task";

export type OnClock = Reactor<"tcp" | "unix" | "names" | "threads" | "clock" | "network">;

export interface Stand {
  readonly reactor: OnClock;
  /** What was reported; each must be taken out by the test that expects it. */
  readonly errors: unknown[];
  /** Lets time pass. */
  readonly pass: (seconds: number) => PromiseLike<void>;
}

/** Runs `body` on a clock of its own; sees that it leaves nothing behind, and no error. */
export async function onClock(
  body: (stand: Stand) => Promise<void>,
  options: ClockOptions = {},
): Promise<void> {
  const errors: unknown[] = [];
  const reactor = createReactor("clock", { ...options, onError: (error) => errors.push(error) });
  const stopped = reactor.run();
  const pass = (seconds: number): PromiseLike<void> => deferLater(reactor, seconds, () => {});
  try {
    await body({ reactor, errors, pass });
  } finally {
    if (reactor.running) reactor.stop();
    await stopped;
  }
  const left = reactor.inspect().map(({ kind, description }) => `${kind}: ${description}`);
  if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
  if (errors.length > 0) throw new Error(`reported: ${errors.join(", ")}`);
}

/** A protocol that remembers how it fared. */
export class Noted extends Protocol {
  readonly life: string[] = [];
  received = "";
  reason: Error | undefined;
  override connectionMade(): void {
    this.life.push("made");
  }
  override dataReceived(data: Uint8Array): void {
    this.received += Buffer.from(data).toString("latin1");
  }
  override connectionLost(reason: Failure): void {
    this.reason = reason.value as Error;
    this.life.push(`lost ${this.reason.name}`);
  }
}
