/** Every kind of endpoint that listens, by the same cases, on every backend that has it. */
import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancelledError, type Failure } from "skein/defer";
import { ConnectingCancelledError, connectProtocol } from "skein/endpoints";
import { Factory, Protocol } from "skein/protocols";
import {
  CannotListenError,
  ConnectError,
  ConnectionDoneError,
  NoProtocolError,
} from "skein/reactor";
import { type AnyReactor, ENDPOINT_KINDS, type EndpointPlace } from "../support/endpoint-kinds.ts";
import { failureOf } from "../support/processes.ts";
import { reactorForEach } from "../support/reactor-for-each.ts";

/** Says what happens to it; answers in capitals. */
class Host extends Protocol {
  override dataReceived(data: Uint8Array): void {
    this.transport.write(Buffer.from(data).toString().toUpperCase());
  }
}

class Hosts extends Factory<Host> {
  readonly hosts: Host[] = [];
  readonly events: string[] = [];
  override startFactory(): void {
    this.events.push("start");
  }
  override stopFactory(): void {
    this.events.push("stop");
  }
  override buildProtocol(): Host {
    const host = new Host();
    this.hosts.push(host);
    return host;
  }
}

class Guest extends Protocol {
  readonly events: string[] = [];
  readonly lost: Promise<unknown>;
  #lost!: (error: unknown) => void;
  #heard: (text: string) => void = () => {};
  #text = "";

  constructor() {
    super();
    this.lost = new Promise((resolve) => (this.#lost = resolve));
  }
  heard(length: number): Promise<string> {
    return new Promise((resolve) => {
      this.#heard = (text) => {
        if (text.length >= length) resolve(text);
      };
      this.#heard(this.#text);
    });
  }
  override connectionMade(): void {
    this.events.push("made");
    this.transport.write("tea");
  }
  override handshakeCompleted(): void {
    this.events.push("secured");
  }
  override dataReceived(data: Uint8Array): void {
    if (this.#text === "") this.events.push("data");
    this.#text += Buffer.from(data).toString();
    this.#heard(this.#text);
  }
  override connectionLost(reason: Failure): void {
    this.events.push("lost");
    this.#lost(reason.value);
  }
}

for (const backend of ["libuv", "clock"] as const) {
  describe(`endpoints on ${backend}`, () => {
    const directory = mkdtempSync(join(tmpdir(), "skein-endpoints-"));
    let reactor: AnyReactor;
    reactorForEach(backend, (made) => (reactor = made));
    after(() => rmSync(directory, { recursive: true }));

    for (const [name, open] of Object.entries(ENDPOINT_KINDS)) {
      describe(name, () => {
        let place: EndpointPlace;
        const hosts = (): Hosts => new Hosts();
        beforeEach(() => {
          place = open({ reactor, directory });
        });

        it("fires between connectionMade and the first bytes, and exchanges", async () => {
          const port = await place.server.listen(hosts());
          const guest = new Guest();
          const connected = connectProtocol(place.client(port.getHost()), guest);
          connected.addCallback((protocol) => {
            protocol.events.push("connected");
            return protocol;
          });
          expect(guest.events, "nothing is delivered inside connect()").to.deep.equal([]);
          expect(await connected).to.equal(guest);
          expect(await guest.heard(3)).to.equal("TEA");
          const secured = guest.transport.encrypted ? ["secured"] : [];
          expect(guest.events).to.deep.equal(["made", "connected", ...secured, "data"]);
          expect(guest.transport.encrypted).to.equal(name.includes("tls") || name === "ssl");
          guest.transport.loseConnection();
          expect(await guest.lost).to.be.instanceOf(ConnectionDoneError);
        });

        it("carries much, whole and in order", async () => {
          const port = await place.server.listen(hosts());
          const guest = new Guest();
          await connectProtocol(place.client(port.getHost()), guest);
          const text = "abcdefghij".repeat(30_000);
          guest.transport.write(text);
          expect(await guest.heard(3 + text.length)).to.equal(`TEA${text.toUpperCase()}`);
        });

        it("delivers bytes that are the receiver's own, also of a Buffer", async () => {
          const factory = hosts();
          const port = await place.server.listen(factory);
          const message = Buffer.from("the same for all");
          const texts: string[] = [];
          const both = new Promise<void>((resolve) => {
            class Spoiling extends Protocol {
              override dataReceived(data: Uint8Array): void {
                texts.push(Buffer.from(data).toString());
                data.fill(0);
                if (texts.join("").length === 2 * message.length) resolve();
              }
            }
            factory.buildProtocol = () => new Spoiling();
          });
          const writers = [new Protocol(), new Protocol()];
          for (const writer of writers) {
            await connectProtocol(place.client(port.getHost()), writer);
            writer.transport.write(message);
          }
          await both;
          expect(texts.join("")).to.equal("the same for all".repeat(2));
          expect(message.toString()).to.equal("the same for all");
          for (const { transport } of writers) transport.abortConnection();
        });

        it("takes the factories into use for as long as they are used", async () => {
          const [serving, visiting] = [hosts(), hosts()];
          const port = await place.server.listen(serving);
          const guest = await place.client(port.getHost()).connect(visiting);
          expect(visiting.events).to.deep.equal(["start"]);
          const lost = new Promise<void>((resolve) => {
            guest.connectionLost = () => void reactor.callLater(0.01, resolve);
          });
          guest.transport.loseConnection();
          await lost;
          expect(visiting.events).to.deep.equal(["start", "stop"]);
          expect(serving.events).to.deep.equal(["start"]);
          await port.stopListening();
          expect(serving.events).to.deep.equal(["start", "stop"]);
        });

        it("leaves accepted connections open when it stops, and takes no new ones", async () => {
          const port = await place.server.listen(hosts());
          const client = place.client(port.getHost());
          const guest = new Guest();
          await connectProtocol(client, guest);
          expect(await guest.heard(3)).to.equal("TEA");
          await port.stopListening();
          guest.transport.write("more");
          expect(await guest.heard(7)).to.equal("TEAMORE");
          expect(await failureOf(connectProtocol(client, new Guest()))).to.be.instanceOf(
            ConnectError,
          );
        });

        it("can be listened at again when it has stopped, and not before", async () => {
          const port = await place.server.listen(hosts());
          const address = port.getHost();
          if (address.type === "UNIX") {
            expect(await failureOf(place.server.listen(hosts()))).to.be.instanceOf(
              CannotListenError,
            );
          }
          await port.stopListening();
          const again = await place.server.listen(hosts());
          expect(again.getHost().type).to.equal(address.type);
        });

        it("gives up when it is cancelled", async () => {
          const factory = hosts();
          const port = await place.server.listen(factory);
          const visiting = hosts();
          const connecting = place.client(port.getHost()).connect(visiting);
          connecting.cancel();
          const error = await failureOf(connecting);
          expect(error).to.be.instanceOf(ConnectingCancelledError).and.instanceOf(CancelledError);
          expect(visiting.events).to.deep.equal(["start", "stop"]);
          expect(visiting.hosts).to.deep.equal([]);
        });

        it("ends the connection when it is cancelled from connectionMade", async () => {
          const port = await place.server.listen(hosts());
          const guest = new Guest();
          const connecting = connectProtocol(place.client(port.getHost()), guest);
          guest.connectionMade = () => connecting.cancel();
          expect(await failureOf(connecting)).to.be.instanceOf(ConnectingCancelledError);
          await guest.lost;
        });

        it("fails when the factory builds nothing, or throws", async () => {
          const port = await place.server.listen(hosts());
          const client = place.client(port.getHost());
          class Nobody extends Factory<Host> {
            override buildProtocol(): null {
              return null;
            }
          }
          const refusals = allFailuresOf(await failureOf(client.connect(new Nobody())));
          expect(refusals.some((error) => error instanceof NoProtocolError)).to.equal(true);
          const thrown = new RangeError("no more tea");
          class Broken extends Factory<Host> {
            override buildProtocol(): Host {
              throw thrown;
            }
          }
          const failures = allFailuresOf(await failureOf(client.connect(new Broken())));
          expect(failures).to.include(thrown);
        });

        it("refuses connections for which the server's factory builds nothing", async () => {
          class Nobody extends Factory {
            override buildProtocol(): null {
              return null;
            }
          }
          const port = await place.server.listen(new Nobody());
          const guest = new Guest();
          await connectProtocol(place.client(port.getHost()), guest).addErrback(() => undefined);
          if (guest.events.length > 0) await guest.lost;
          expect(guest.events).not.to.include("data");
        });
      });
    }
  });
}

/** Those of all addresses, where there are several. */
function allFailuresOf(error: unknown): unknown[] {
  const { failures } = error as { failures?: Failure[] };
  return failures?.map(({ value }) => value) ?? [error];
}
