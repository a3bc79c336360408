/** One attempt to connect, as the system of the one who connects makes it. */
import { Deferred } from "../../../defer/deferred.ts";
import { ConnectError, ConnectionRefusedError } from "../../errors.ts";

/** What the other side says: something of it, nothing at all, or that it does not want to. */
export type Answer<T> = { readonly connected: T } | "refused" | "unanswered" | "full";

export interface ConnectingOptions<T> {
  readonly later: (seconds: number, action: () => void) => void;
  readonly latency: () => number;
  readonly trace: (event: string) => void;
  /** Where to, for messages. */
  readonly where: string;
  readonly ask: () => Answer<T>;
}

/** So many seconds a system waits for an answer until it asks again, or gives up, as Linux does. */
const WAITS_SECONDS = [1, 2, 4, 8, 16, 32, 64] as const;

/** Fires with what was connected; fails with ConnectError. Cancelling gives up. */
export function connecting<T>(options: ConnectingOptions<T>): Deferred<T> {
  const connected = new Deferred<T>();
  attempt(options, connected, 0);
  return connected;
}

function attempt<T>(options: ConnectingOptions<T>, connected: Deferred<T>, tries: number): void {
  const { later, latency, trace, where, ask } = options;
  // There and back.
  const roundTrip = latency() + latency();
  later(roundTrip, () => {
    if (connected.called) return;
    const answer = ask();
    if (typeof answer === "object") {
      connected.callback(answer.connected);
    } else if (answer === "unanswered") {
      trace(`unanswered ${where}`);
      later(Math.max(0, (WAITS_SECONDS[tries] ?? 0) - roundTrip), () => {
        if (connected.called) return;
        if (tries + 1 < WAITS_SECONDS.length) attempt(options, connected, tries + 1);
        else connected.errback(failed(where, "ETIMEDOUT: nobody answers"));
      });
    } else if (answer === "refused") {
      trace(`refused ${where}`);
      connected.errback(new ConnectionRefusedError(`nobody listens on ${where}`));
    } else {
      trace(`full ${where}`);
      connected.errback(failed(where, "EAGAIN: too many wait there to be accepted"));
    }
  });
}

function failed(where: string, why: string): ConnectError {
  return new ConnectError(`cannot connect to ${where}: ${why}`);
}
