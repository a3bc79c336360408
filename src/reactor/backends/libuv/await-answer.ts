/** How a worker's thread waits for an answer, without a turn of its loop. */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { CallSlots } from "./call-slots.ts";
import type { ToWorker } from "./thread-worker.ts";

interface Waiting {
  readonly port: MessagePort;
  readonly slots: CallSlots;
  /** The number of the call that runs. */
  readonly number: number;
  /** Takes other messages. */
  readonly take: (message: Exclude<ToWorker, 0>) => void;
}

export function awaitAnswer({ port, slots, number, take }: Waiting): unknown {
  for (;;) {
    // Before the look: what is posted after that changes it.
    const seen = slots.answers;
    const got = receiveMessageOnPort(port);
    if (got === undefined) {
      slots.awaitAnswer(seen);
      continue;
    }
    const message = got.message as ToWorker;
    if (message === 0) continue;
    const [kind, its] = message;
    if (kind === "answer") {
      if (its === number) return message[2];
    } else if (kind === "abort" || kind === "told") {
      // The function is in the middle of something: it hears of this when it lets others run.
      queueMicrotask(() => take(message));
    } else {
      take(message);
    }
  }
}
