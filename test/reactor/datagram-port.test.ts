/** The rules of UDP ports over a backend that skein has never seen. */
import { expect } from "chai";
import { Deferred, succeed } from "skein/defer";
import { DatagramProtocol } from "skein/protocols";
import {
  type Backend,
  createReactor,
  type DatagramDestination,
  DatagramError,
  type DatagramEvents,
  type DatagramSocket,
  type Driver,
  NoCapabilityError,
  type Reactor,
  UDP,
} from "skein/reactor";
import { trivial } from "../fixtures/trivial-backend.ts";

/** A socket that sends nothing, and whose troubles a test makes. */
class StuckSocket implements DatagramSocket {
  readonly address = { type: "UDP", host: "127.0.0.1", port: 9 } as const;
  readonly sent: (readonly [number, DatagramDestination])[] = [];
  events: DatagramEvents | undefined;

  get bufferedBytes(): number {
    return this.sent.reduce((sum, [length]) => sum + length, 0);
  }

  start(events: DatagramEvents): void {
    this.events = events;
  }

  send(bytes: Uint8Array, to: DatagramDestination): void {
    this.sent.push([bytes.length, to]);
  }

  connect(): void {}
  setBroadcast(): void {}
  changeMembership(): void {}
  setMulticastTTL(): void {}
  setMulticastLoopback(): void {}

  setMulticastInterface(): void {
    throw Object.assign(new Error("not here"), { code: "EADDRNOTAVAIL" });
  }

  close(): Deferred<void> {
    const closed = new Deferred<void>();
    setImmediate(() => closed.callback());
    return closed;
  }
}

function openStuck(): {
  socket: StuckSocket;
  errors: unknown[];
  reactor: Reactor<"udp" | "multicast">;
} {
  const socket = new StuckSocket();
  const errors: unknown[] = [];
  const backend: Backend<"udp" | "multicast"> = {
    name: "stuck",
    summary: "timers, and sockets that are stuck",
    capabilities: ["udp", "multicast"],
    open(loop) {
      const driver: Driver = trivial.open(loop, {});
      const udp = new UDP(loop, { bind: () => succeed(socket) });
      return { ...driver, udp, multicast: udp, disconnectAll: () => udp.disconnectAll() };
    },
  };
  const reactor = createReactor(backend, { onError: (error) => errors.push(error) });
  return { socket, errors, reactor };
}

describe("a UDP port on a backend of one's own", () => {
  const to = { host: "127.0.0.1", port: 7 };

  it("drops and counts what would wait beyond a mebibyte, or beyond what was set", async () => {
    const { socket, reactor } = openStuck();
    const stopped = reactor.run();
    const port = await reactor.listenUDP(0, new DatagramProtocol());
    while (port.write(new Uint8Array(60_000), to)) expect(socket.sent.length).to.be.lessThan(100);
    expect(port.bufferedBytes).to.equal(17 * 60_000);
    expect(port.droppedDatagrams).to.equal(1);
    port.maxBufferedBytes *= 2;
    expect(port.write("there is room again", to)).to.equal(true);
    reactor.stop();
    await stopped;
  });

  it("reports what the system finds out later, with its code, and goes on", async () => {
    const { socket, errors, reactor } = openStuck();
    const stopped = reactor.run();
    const port = await reactor.listenUDP(0, new DatagramProtocol());
    const cause = Object.assign(new Error("send ENETUNREACH"), { code: "ENETUNREACH" });
    socket.events?.failed(cause, "sending a datagram to 10.0.0.1:7");
    expect(errors.splice(0)[0])
      .to.be.an.instanceOf(DatagramError)
      .that.includes({ code: "ERR_DATAGRAM", reason: "ENETUNREACH", cause })
      .with.property("message", "sending a datagram to 10.0.0.1:7 failed: send ENETUNREACH");
    expect(port.write("still here", to)).to.equal(true);
    reactor.stop();
    await stopped;
  });

  it("says why groups cannot be sent to by an interface", async () => {
    const { reactor } = openStuck();
    const stopped = reactor.run();
    const port = await reactor.listenMulticast(0, new DatagramProtocol());
    let reason: unknown;
    port.setOutgoingInterface("10.0.0.1").addErrback((failure) => {
      ({ reason } = failure.value as DatagramError);
    });
    expect(reason).to.equal("EADDRNOTAVAIL");
    expect(port.getOutgoingInterface()).to.equal("0.0.0.0");
    reactor.stop();
    await stopped;
  });

  it("is refused by a backend without the capability, which says who has it", () => {
    const untyped = createReactor("timer") as unknown as Reactor<"udp" | "multicast">;
    expect(() => untyped.listenUDP(0, new DatagramProtocol())).to.throw(
      NoCapabilityError,
      /listenUDP\(\).*"udp".*libuv, clock/,
    );
    expect(() => untyped.listenMulticast(0, new DatagramProtocol())).to.throw(
      NoCapabilityError,
      /"multicast"/,
    );
  });
});
