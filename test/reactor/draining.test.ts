import { once } from "node:events";
import net from "node:net";
import { expect } from "chai";
import type { Failure } from "skein/defer";
import { Factory, Protocol } from "skein/protocols";
import { BadOptionError, ConnectionLostError, createReactor } from "skein/reactor";

const PIECE = new Uint8Array(8 * 1024 * 1024);

/** Stops a daemon that has written to `peer`; resolves with why its connection ended. */
async function stopWith(
  peer: (socket: net.Socket) => Promise<void>,
  drainSeconds: number,
): Promise<Error> {
  const reactor = createReactor("libuv", { drainSeconds });
  let why: Error | undefined;
  class Writing extends Protocol {
    override connectionMade(): void {
      this.transport.write(PIECE);
      reactor.stop();
    }
    override connectionLost(reason: Failure): void {
      why = reason.value as Error;
    }
  }
  const stopped = reactor.run();
  const port = await reactor.listenTCP(0, Factory.forProtocol(Writing), { interface: "127.0.0.1" });
  const socket = net.connect({ port: port.getHost().port, host: "127.0.0.1" });
  socket.on("error", () => {});
  const ended = peer(socket);
  await stopped;
  await ended;
  socket.destroy();
  return why as Error;
}

describe("a stopping reactor", () => {
  it("cuts off a peer that does not read, after drainSeconds", async () => {
    const why = await stopWith(async (socket) => void socket.pause(), 0.05);
    expect(why).to.be.instanceOf(ConnectionLostError);
    expect(why.message).to.match(/in 0\.05 seconds [1-9]\d+ bytes were not taken/);
  });

  it("sends what was written to a peer that reads, however long that takes", async () => {
    let received = 0;
    const why = await stopWith(async (socket) => {
      socket.on("data", (data) => (received += data.length));
      await once(socket, "end");
    }, Infinity);
    expect(why.message).to.equal("the reactor has stopped");
    expect(received).to.equal(PIECE.length);
  });

  it("takes no number of seconds below 0, nor what is none", () => {
    for (const drainSeconds of [-1, Number.NaN]) {
      expect(() => createReactor("timer", { drainSeconds })).to.throw(BadOptionError);
    }
  });
});
