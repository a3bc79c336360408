import { expect } from "chai";
import { DuplexFactory, ReactorSocket } from "skein/interop";
import { ClientFactory } from "skein/protocols";
import { createReactor } from "skein/reactor";
import { certificates } from "../support/certificates.ts";

describe("a socket over the reactor's TLS", () => {
  for (const backend of ["libuv", "clock"] as const) {
    it(`is told that each of its writes was taken (${backend})`, async () => {
      const { server, simulated } = certificates();
      const reactor =
        backend === "clock"
          ? createReactor("clock", { certificates: simulated })
          : createReactor("libuv");
      const stopped = reactor.run();
      const taken: string[] = [];
      const factory = new DuplexFactory(reactor, (socket) => {
        socket.write("early", () => taken.push("early"));
        socket.on("data", () => socket.write("late", () => taken.push("late")));
      });
      const port = await reactor.listenSSL(0, factory, server, { interface: "127.0.0.1" });
      const client = new ReactorSocket(reactor);
      const to = ClientFactory.from(() => client);
      reactor.connectSSL("127.0.0.1", port.getHost().port, to, { verify: false });
      let heard = "";
      await new Promise<void>((resolve) => {
        client.on("data", (data: Buffer) => {
          heard += data.toString();
          if (heard === "early") client.write("go on");
          if (heard === "earlylate") resolve();
        });
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(taken).to.deep.equal(["early", "late"]);
      client.destroy();
      reactor.stop();
      await stopped;
    });
  }
});
