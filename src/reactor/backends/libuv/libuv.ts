/** Node's own loop: timers, TCP, UDP and worker threads. */
import type { Deferred } from "../../../defer/deferred.ts";
import type { Backend, Loop, Opened } from "../../backend.ts";
import type { StreamKind } from "../../stream-driver.ts";
import { Streams } from "../../streams.ts";
import { UDP } from "../../udp.ts";
import type { WorkerEvents, WorkerHandle } from "../../workers.ts";
import { TimerDriver } from "../timer/timer.ts";
import { DgramDriver } from "./dgram.ts";
import { NetDriver } from "./net.ts";
import { ThreadWorker } from "./thread-worker.ts";

type LibuvCapability = "tcp" | "tls" | "unix" | "adopt" | "udp" | "multicast" | "threads";

class LibuvDriver extends TimerDriver implements Opened<LibuvCapability> {
  readonly tcp: Streams<StreamKind>;
  readonly tls: Streams<StreamKind>;
  readonly unix: Streams<StreamKind>;
  readonly adopt: Streams<StreamKind>;
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
    const driver = new NetDriver((error, doing) => loop.reportError(error, doing));
    this.tcp = this.tls = this.unix = this.adopt = new Streams(loop, driver);
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

export const libuv: Backend<LibuvCapability> = {
  name: "libuv",
  summary: "Node's own loop: real time, real sockets, worker threads",
  capabilities: ["tcp", "tls", "unix", "adopt", "udp", "multicast", "threads"],
  open: (loop) => new LibuvDriver(loop),
};
