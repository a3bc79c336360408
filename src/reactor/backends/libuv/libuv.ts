/** Node's own loop: timers, TCP and worker threads. */
import type { Deferred } from "../../../defer/deferred.ts";
import type { Backend, Loop, Opened } from "../../backend.ts";
import { TCP } from "../../tcp.ts";
import { openWorker, type WorkerEvents, type WorkerHandle } from "../../workers.ts";
import { TimerDriver } from "../timer/timer.ts";
import { NetDriver } from "./net.ts";
import { ThreadWorker } from "./thread-worker.ts";

/** Looked up once: properties of `process` are slow to find. */
const hrtime = process.hrtime.bind(process);

class LibuvDriver extends TimerDriver implements Opened<"tcp" | "threads"> {
  readonly tcp: TCP;
  readonly threads = {
    startWorker: (events: WorkerEvents): WorkerHandle =>
      openWorker(this.#loop, events, (told) => new ThreadWorker(told)),
  };
  readonly #loop: Loop;
  #soon: ReturnType<typeof setImmediate> | undefined = undefined;

  constructor(loop: Loop) {
    super(loop);
    this.#loop = loop;
    this.tcp = new TCP(loop, new NetDriver((error, doing) => loop.reportError(error, doing)));
  }

  /** As performance.now() tells, but faster: every callLater and every reset asks. */
  override seconds(): number {
    const now = hrtime();
    return now[0] + now[1] / 1e9;
  }

  override wakeAt(when: number): void {
    // "At once" by setTimeout would be a millisecond late.
    if (when <= this.seconds()) this.#soon ??= setImmediate(this.#turn);
    else super.wakeAt(when);
  }

  override sleep(): void {
    super.sleep();
    clearImmediate(this.#soon);
    this.#soon = undefined;
    this.tcp.reopen();
  }

  disconnectAll(): Deferred<void> {
    return this.tcp.disconnectAll();
  }

  readonly #turn = (): void => {
    this.#soon = undefined;
    this.#loop.turn();
  };
}

export const libuv: Backend<"tcp" | "threads"> = {
  name: "libuv",
  summary: "Node's own loop: real time, real sockets, worker threads",
  capabilities: ["tcp", "threads"],
  open: (loop) => new LibuvDriver(loop),
};
