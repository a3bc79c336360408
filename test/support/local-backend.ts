/** Timers, with TCP in memory: so the contract of streams can be tried on such connections. */
import type { Deferred } from "skein/defer";
import {
  type Backend,
  backends,
  CannotListenError,
  type Listener,
  type Loop,
  type Opened,
  type StreamConnection,
  type StreamDriver,
  Streams,
  type TCPDialRequest,
  type TCPListenRequest,
} from "skein/reactor";
import { LocalDriver } from "../../src/endpoints/local-streams.ts";

/** Every host is this one, so that its port is all that matters. */
class LocalTCP implements StreamDriver {
  readonly #driver: LocalDriver;
  #free = 49_152;

  constructor(loop: Loop) {
    this.#driver = new LocalDriver(loop, undefined);
  }

  listen(
    { host, port: wanted }: TCPListenRequest,
    accept: (connection: StreamConnection) => void,
  ): Deferred<Listener> {
    const port = wanted === 0 ? this.#free++ : wanted;
    return this.#driver
      .listen({ kind: "unix", name: `127.0.0.1:${port}`, mode: 0, backlog: 0 }, accept)
      .addCallback((listener): Listener => ({
        address: { type: "TCP", host, port },
        close: () => listener.close(),
      }))
      .addErrback((failure) => {
        failure.trap(CannotListenError);
        throw new CannotListenError(`cannot listen on ${host}:${port}`, "EADDRINUSE");
      });
  }

  quiet(): Deferred<void> {
    return this.#driver.quiet();
  }

  dial({ port }: TCPDialRequest): Deferred<StreamConnection> {
    return this.#driver.dial({ kind: "unix", name: `127.0.0.1:${port}` });
  }
}

export const local: Backend<"tcp"> = {
  name: "local",
  summary: "timers, and TCP in memory",
  capabilities: ["tcp"],
  open(loop): Opened<"tcp"> {
    const driver = backends.timer.open(loop, {});
    const streams = new LocalTCP(loop);
    const tcp = new Streams(loop, streams);
    return {
      tcp,
      seconds: () => driver.seconds(),
      wakeAt: (when) => driver.wakeAt(when),
      started: () => driver.started(),
      sleep: () => {
        driver.sleep();
        tcp.reopen();
      },
      disconnectAll: () => tcp.disconnectAll().addCallback(() => streams.quiet()),
    };
  },
};
