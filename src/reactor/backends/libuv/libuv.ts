/** Node's own loop: timers, TCP, UDP and worker threads. */
import type { Deferred } from "../../../defer/deferred.ts";
import type { Backend, Loop, Opened } from "../../backend.ts";
import { TCP } from "../../tcp.ts";
import { UDP } from "../../udp.ts";
import type { WorkerEvents, WorkerHandle } from "../../workers.ts";
import { TimerDriver } from "../timer/timer.ts";
import { DgramDriver } from "./dgram.ts";
import { NetDriver } from "./net.ts";
import { ThreadWorker } from "./thread-worker.ts";

type Capabilities = "tcp" | "udp" | "multicast" | "threads";

class LibuvDriver extends TimerDriver implements Opened<Capabilities> {
  readonly tcp: TCP;
  readonly udp: UDP;
  readonly multicast: UDP;
  readonly threads = {
    startWorker: (events: WorkerEvents): WorkerHandle => new ThreadWorker(events),
  };
  readonly #loop: Loop;
  #soon: ReturnType<typeof setImmediate> | undefined = undefined;

  constructor(loop: Loop) {
    super(loop);
    this.#loop = loop;
    this.tcp = new TCP(loop, new NetDriver((error, doing) => loop.reportError(error, doing)));
    this.udp = this.multicast = new UDP(loop, new DgramDriver());
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
    this.udp.reopen();
  }

  disconnectAll(): Deferred<void> {
    const datagrams = this.udp.disconnectAll();
    return this.tcp.disconnectAll().addCallback(() => datagrams);
  }

  readonly #turn = (): void => {
    this.#soon = undefined;
    this.#loop.turn();
  };
}

export const libuv: Backend<Capabilities> = {
  name: "libuv",
  summary: "Node's own loop: real time, real sockets, worker threads",
  capabilities: ["tcp", "udp", "multicast", "threads"],
  open: (loop) => new LibuvDriver(loop),
};
