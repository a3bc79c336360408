import { expect } from "chai";
import { ClientFactory, Factory, Protocol } from "skein/protocols";
import {
  BadOptionError,
  backends,
  createReactor,
  guest,
  type Reactor,
  type ReactorOptions,
  type SlowCall,
} from "skein/reactor";
import { LineClient } from "skein/testing";

/** A reactor in a time that only its callbacks take: `work(seconds)`. */
function slowWorld(options: ReactorOptions = {}): {
  reactor: Reactor<"guest" | "tcp">;
  work: (seconds: number) => void;
  told: SlowCall[];
  errors: unknown[];
} {
  const told: SlowCall[] = [];
  const errors: unknown[] = [];
  let now = 0;
  const reactor = createReactor(guest({ seconds: () => now }, backends.libuv), {
    slowCallbackSeconds: 0.05,
    onSlow: (call) => told.push(call),
    onError: (error) => errors.push(error),
    ...options,
  });
  const work = (seconds: number): void => {
    now += seconds;
  };
  return { reactor, work, told, errors };
}

describe("slow calls", () => {
  it("are told, with what they were and how long they took; others are not", () => {
    const { reactor, work, told } = slowWorld();
    reactor.run();
    reactor.callLater(0, () => work(0.25));
    reactor.callLater(0, () => work(0.04));
    reactor.callFromThread(() => work(1));
    reactor.addSystemEventTrigger("during", "startup", () => work(0.5));
    reactor.iterate();
    expect(told.map(({ doing, seconds }) => [doing, Number(seconds.toFixed(6))])).to.deep.equal([
      ["starting or stopping", 0.5],
      ["running a call from a thread", 1],
      ["running a delayed call", 0.25],
    ]);
    reactor.crash();
  });

  it("are told also when they throw, and the error is reported as ever", () => {
    const { reactor, work, told, errors } = slowWorld();
    const error = new Error("slow and wrong");
    reactor.run();
    reactor.callLater(0, () => {
      work(1);
      throw error;
    });
    reactor.iterate();
    expect(told).to.have.lengthOf(1);
    expect(errors).to.deep.equal([error]);
    reactor.crash();
  });

  it("say where a delayed call was made, when debugging", () => {
    for (const debug of [true, false]) {
      const { reactor, work, told } = slowWorld({ debug });
      reactor.run();
      function placeOfTheUser(): void {
        reactor.callLater(0, () => work(1));
      }
      placeOfTheUser();
      reactor.iterate();
      const [call] = told;
      if (debug) expect(call?.createdAt).to.match(/placeOfTheUser/);
      else expect(call).to.have.property("createdAt", undefined);
      reactor.crash();
    }
  });

  it("may be a protocol's, or its successor's: the methods are told by name", async () => {
    const { reactor, work, told } = slowWorld();
    class Successor extends Protocol {
      override dataReceived(): void {
        work(3);
        this.transport.write("succeeded\n");
      }
    }
    class Slow extends Protocol {
      #calls = 0;
      override connectionMade(): void {
        work(1);
      }
      override dataReceived(data: Uint8Array): void {
        this.#calls++;
        work(2);
        this.transport.write(data);
        this.transport.write(`${this.#calls}\n`);
        this.transport.setProtocol(new Successor());
      }
    }
    const turns = setInterval(() => reactor.iterate(), 1);
    const stopped = reactor.run();
    const port = await reactor.listenTCP(0, Factory.forProtocol(Slow), { interface: "127.0.0.1" });
    const other = createReactor("libuv");
    const otherStopped = other.run();
    const client = await LineClient.dial(other, port.getHost().port);
    client.say("hello");
    expect(await client.heard("1")).to.equal("1");
    client.say("and on");
    await client.heard("succeeded");
    client.close();
    await client.ended;
    other.stop();
    await otherStopped;
    reactor.stop();
    await stopped;
    clearInterval(turns);
    expect(told.map(({ doing }) => doing)).to.deep.equal([
      "calling a protocol's makeConnection",
      "calling a protocol's dataReceived",
      "calling a protocol's dataReceived",
    ]);
  });

  it("are told once, with no others around them but those slow without them", async () => {
    const { reactor, work, told } = slowWorld();
    class Slow extends Protocol {
      override connectionMade(): void {
        work(1);
      }
    }
    const turns = setInterval(() => reactor.iterate(), 1);
    const stopped = reactor.run();
    const made = new Promise<void>((resolve) => {
      class First extends Protocol {
        override connectionMade(): void {
          for (const seconds of [0.01, 2]) {
            reactor.callLater(0, () => {
              this.transport.setProtocol(new Slow());
              work(seconds);
            });
          }
          reactor.callLater(0, resolve);
        }
      }
      const factory = Factory.forProtocol(First);
      reactor.listenTCP(0, factory, { interface: "127.0.0.1" }).addCallback((port) => {
        reactor.connectTCP("127.0.0.1", port.getHost().port, ClientFactory.forProtocol(Protocol));
      });
    });
    await made;
    reactor.stop();
    await stopped;
    clearInterval(turns);
    expect(told.map(({ doing, seconds }) => [doing, Number(seconds.toFixed(6))])).to.deep.equal([
      ["calling a protocol's makeConnection", 1],
      ["calling a protocol's makeConnection", 1],
      ["running a delayed call", 3],
    ]);
  });

  it("do not disturb the loop when whoever is told throws", () => {
    const thrown = new Error("thrown by onSlow");
    const { reactor, work, errors } = slowWorld({
      onSlow() {
        throw thrown;
      },
    });
    const seen: string[] = [];
    reactor.run();
    reactor.callLater(0, () => work(1));
    reactor.callLater(0, () => seen.push("next"));
    reactor.iterate();
    expect(errors).to.deep.equal([thrown]);
    expect(seen).to.deep.equal(["next"]);
    reactor.crash();
  });

  it("are printed when nobody else wants them", () => {
    const { reactor, work } = slowWorld({ onSlow: undefined } as unknown as ReactorOptions);
    const printed: string[] = [];
    const { error: print } = console;
    console.error = (line: string) => printed.push(line);
    try {
      reactor.run();
      reactor.callLater(0, () => work(1));
      reactor.iterate();
    } finally {
      console.error = print;
    }
    expect(printed).to.deep.equal(["running a delayed call held the loop for 1.000 s"]);
    reactor.crash();
  });

  it("cannot be those that take no time at all", () => {
    for (const slowCallbackSeconds of [0, -1, Number.NaN]) {
      expect(() => createReactor("clock", { slowCallbackSeconds })).to.throw(BadOptionError);
    }
  });
});
