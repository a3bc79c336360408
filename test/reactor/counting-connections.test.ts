import { expect } from "chai";
import type { Failure } from "skein/defer";
import { Factory, Protocol } from "skein/protocols";
import { createReactor, type Reactor, type Transport } from "skein/reactor";
import { LineClient } from "skein/testing";

/** Says what it is told, and what its protocols are. */
class Watching extends Factory {
  readonly log: string[] = [];
  readonly told: Promise<void>;
  throws = "";
  #tell = (): void => {};

  constructor() {
    super();
    this.told = new Promise((resolve) => (this.#tell = resolve));
  }

  override buildProtocol(): Protocol {
    const { log } = this;
    return new (class extends Protocol {
      override connectionMade(): void {
        log.push("made");
        this.transport.setProtocol(new Other(log));
      }
      override connectionLost(): void {
        log.push("never told");
      }
    })();
  }

  connectionAccepted(transport: Transport): void {
    this.log.push(`accepted ${transport.connected}`);
    if (this.throws === "accepted") throw new RangeError("not wanted");
  }

  connectionEnded(_transport: Transport, reason: Failure): void {
    this.log.push(`ended ${(reason.value as Error).name}`);
    this.#tell();
    if (this.throws === "ended") throw new RangeError("not wanted");
  }
}

class Other extends Protocol {
  readonly log: string[];
  constructor(log: string[]) {
    super();
    this.log = log;
  }
  override connectionMade(): void {
    this.transport.write("hello\n");
  }
  override connectionLost(): void {
    this.log.push("lost");
  }
}

for (const backend of ["clock", "libuv"] as const) {
  describe(`a factory that keeps count of connections on ${backend}`, () => {
    const errors: string[] = [];
    let reactor: Reactor<"tcp">;
    let stopped: PromiseLike<void>;
    beforeEach(() => {
      errors.length = 0;
      reactor = createReactor(backend, { onError: (_error, doing) => errors.push(doing) });
      reactor.callLater(600, () => {});
      stopped = reactor.run();
    });
    afterEach(async () => {
      reactor.stop();
      await stopped;
    });

    const dial = async (factory: Watching): Promise<LineClient> => {
      const port = await reactor.listenTCP(0, factory, { interface: "127.0.0.1" });
      return LineClient.dial(reactor, port.getHost().port);
    };

    it("is told before the first protocol, and after the last one", async () => {
      const factory = new Watching();
      const client = await dial(factory);
      await client.heard("hello");
      client.close();
      await factory.told;
      expect(factory.log).to.deep.equal([
        "accepted true",
        "made",
        "lost",
        "ended ConnectionDoneError",
      ]);
      expect(errors).to.deep.equal([]);
    });

    it("refuses the connection by throwing, which is reported", async () => {
      const factory = new Watching();
      factory.throws = "accepted";
      const client = await dial(factory);
      await client.ended;
      expect(factory.log).to.deep.equal(["accepted true"]);
      expect(errors).to.deep.equal(["building a protocol for a connection"]);
    });

    it("has what it throws at the end reported", async () => {
      const factory = new Watching();
      factory.throws = "ended";
      const client = await dial(factory);
      await client.heard("hello");
      client.close();
      await factory.told;
      expect(errors).to.deep.equal(["calling a factory's connectionEnded"]);
    });
  });
}
