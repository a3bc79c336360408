/** What is written from inside of dataReceived goes out together: with no law kept any less. */
import { expect } from "chai";
import type { Failure } from "skein/defer";
import { ClientFactory, Factory, Protocol } from "skein/protocols";
import { ConnectionDoneError, type Reactor, type Transport } from "skein/reactor";
import { certificates } from "../support/certificates.ts";
import { reactorForEach } from "../support/reactor-for-each.ts";

/** Asks with one byte, and collects what comes. */
class Asking extends Protocol {
  received = 0;
  readonly lost: Promise<unknown>;
  #lost!: (reason: unknown) => void;
  constructor() {
    super();
    this.lost = new Promise((resolve) => (this.#lost = resolve));
  }
  override connectionMade(): void {
    this.transport.write("?");
  }
  override dataReceived(data: Uint8Array): void {
    this.received += data.length;
  }
  override connectionLost({ value }: Failure): void {
    this.#lost(value);
  }
}

const KILOBYTE = new Uint8Array(1024);

for (const backend of ["libuv", "clock"] as const) {
  describe(`what is written from inside of dataReceived on ${backend}`, () => {
    let reactor: Reactor<"tcp" | "tls">;
    const errors = reactorForEach(backend, (made) => (reactor = made));

    /** Has a server do something with its transport when it is asked; gives who has asked. */
    const answered = async (
      answer: (transport: Transport) => void,
      asking: Asking = new Asking(),
    ): Promise<{ asking: Asking; reason: unknown; serverReason: unknown }> => {
      let ended!: (reason: unknown) => void;
      const serverEnded = new Promise((resolve) => (ended = resolve));
      class Answering extends Protocol {
        override dataReceived(): void {
          answer(this.transport);
        }
      }
      class Answerers extends Factory {
        override buildProtocol(): Protocol {
          return new Answering();
        }
        connectionEnded(_transport: Transport, { value }: Failure): void {
          ended(value);
        }
      }
      const port = await reactor.listenTCP(0, new Answerers(), { interface: "127.0.0.1" });
      reactor.connectTCP(
        "127.0.0.1",
        port.getHost().port,
        ClientFactory.from(() => asking),
      );
      const reason = await asking.lost;
      return { asking, reason, serverReason: await serverEnded };
    };

    it("counts as waiting only when the system does not take it", async () => {
      const returned = new Set<boolean>();
      const { asking, reason, serverReason } = await answered((transport) => {
        transport.maxBufferedBytes = transport.highWaterBytes = transport.lowWaterBytes = 4096;
        for (let i = 0; i < 48; i++) returned.add(transport.write(KILOBYTE));
        transport.loseConnection();
      });
      expect([...returned]).to.deep.equal([true]);
      expect(asking.received).to.equal(48 * 1024);
      expect(reason).to.be.instanceOf(ConnectionDoneError);
      expect(serverReason).to.be.instanceOf(ConnectionDoneError);
    });

    it("does not pause a producer that the system keeps up with", async () => {
      let pauses = 0;
      const { asking } = await answered((transport) => {
        transport.highWaterBytes = transport.lowWaterBytes = 2048;
        const producer = {
          pauseProducing: () => void pauses++,
          resumeProducing() {},
          stopProducing() {},
        };
        transport.registerProducer(producer, true);
        for (let i = 0; i < 48; i++) transport.write(KILOBYTE);
        transport.unregisterProducer();
        transport.loseConnection();
      });
      expect([pauses, asking.received]).to.deep.equal([0, 48 * 1024]);
    });

    it("arrives before the end, whichever way that is asked for", async () => {
      for (const end of ["loseConnection", "loseWriteConnection"] as const) {
        const { asking, reason } = await answered((transport) => {
          transport.write("one");
          transport.write("two");
          transport[end]();
          transport.write("too late");
        });
        expect(asking.received).to.equal(6);
        expect(reason).to.be.instanceOf(ConnectionDoneError);
      }
    });

    it("is sent by whoever the connection is handed to, in order", async () => {
      const heard: string[] = [];
      class Listening extends Asking {
        override dataReceived(data: Uint8Array): void {
          heard.push(Buffer.from(data).toString());
        }
      }
      class Next extends Protocol {
        override connectionMade(): void {
          this.transport.write("two ");
          this.transport.loseConnection();
        }
      }
      await answered((transport) => {
        transport.write("one ");
        transport.setProtocol(new Next());
        transport.loseConnection();
      }, new Listening());
      expect(heard.join("")).to.equal("one two ");
    });

    it("is thrown away when the connection is aborted, or dataReceived throws", async () => {
      for (const thrown of [false, true]) {
        const { reason, serverReason } = await answered((transport) => {
          transport.write("lost");
          if (thrown) throw new RangeError("a bad answer");
          transport.abortConnection();
        });
        expect(reason).to.be.instanceOf(Error).and.not.instanceOf(ConnectionDoneError);
        expect((serverReason as Error).name).to.equal(
          thrown ? "RangeError" : "ConnectionAbortedError",
        );
      }
      expect(errors.splice(0).map(String)).to.deep.equal(["RangeError: a bad answer"]);
    });

    it("goes out in plain text before TLS begins", async () => {
      const { server, trustRoot } = certificates();
      class Starting extends Asking {
        override dataReceived(data: Uint8Array): void {
          super.dataReceived(data);
          if (this.received === 2)
            this.transport.startTLS({ trustRoot, serverName: "tea.example" });
        }
      }
      let sent = false;
      const { asking, reason } = await answered((transport) => {
        if (sent) return;
        sent = true;
        transport.write("go");
        transport.startTLS(server);
        transport.write("secret");
        transport.loseConnection();
      }, new Starting());
      expect(asking.received).to.equal(8);
      expect(reason).to.be.instanceOf(ConnectionDoneError);
    });
  });
}
