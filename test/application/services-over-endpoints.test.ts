/** Services of both sides, over every kind of endpoint: they rely on what endpoints promise. */
import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Failure } from "skein/defer";
import { Factory, Protocol } from "skein/protocols";
import {
  AdoptedServerEndpoint,
  ClientService,
  ConnectionAbortedError,
  ConnectionDoneError,
  connectProtocol,
  MemoryClientEndpoint,
  ProcessEndpoint,
  type ScriptedProcess,
  type ServerEndpoint,
  type StreamAddress,
  StreamServerEndpointService,
  type StreamServerOptions,
  TCPClientEndpoint,
  type Transport,
} from "skein";
import { certificates } from "../support/certificates.ts";
import { type AnyReactor, ENDPOINT_KINDS, type EndpointPlace } from "../support/endpoint-kinds.ts";
import { reactorForEach } from "../support/reactor-for-each.ts";

/** Answers, and does what the test has it do when something comes. */
class Room extends Protocol {
  override dataReceived(data: Uint8Array): void {
    this.transport.write(data);
  }
}

/** Keeps a log of what its server tells it beside asking for protocols. */
class Rooms extends Factory {
  readonly log: string[] = [];
  override buildProtocol(): Room {
    return new Room();
  }
  override stopFactory(): void {
    this.log.push("stopped");
  }
  connectionAccepted(_transport: Transport): void {
    this.log.push("accepted");
  }
  connectionEnded(_transport: Transport, _reason: Failure): void {
    this.log.push("ended");
  }
}

/** Knows when it was answered, and why it was lost. */
class Guest extends Protocol {
  readonly answered: Promise<void>;
  readonly lost: Promise<unknown>;
  #answered!: () => void;
  #lost!: (reason: unknown) => void;
  constructor() {
    super();
    this.answered = new Promise((resolve) => (this.#answered = resolve));
    this.lost = new Promise((resolve) => (this.#lost = resolve));
  }
  override connectionMade(): void {
    this.transport.write("tea?");
  }
  override dataReceived(): void {
    this.#answered();
  }
  override connectionLost({ value }: Failure): void {
    this.#lost(value);
  }
}

class Guests extends Factory<Guest> {
  readonly log: string[] = [];
  override buildProtocol(): Guest {
    this.log.push("built");
    return new Guest();
  }
  override stopFactory(): void {
    this.log.push("stopped");
  }
}

for (const backend of ["libuv", "clock"] as const) {
  describe(`services over endpoints on ${backend}`, () => {
    const directory = mkdtempSync(join(tmpdir(), "skein-services-"));
    let reactor: AnyReactor;
    reactorForEach(backend, (made) => (reactor = made), {
      descriptors: { 3: { type: "TCP", host: "127.0.0.1", port: 80 } },
      processes: {
        cat: async (child: ScriptedProcess) => {
          for await (const data of child.stdin) await child.write(data);
        },
      },
    });
    after(() => rmSync(directory, { recursive: true }));

    const serving = (
      endpoint: ServerEndpoint,
      options: StreamServerOptions = {},
    ): { service: StreamServerEndpointService; rooms: Rooms; said: string[] } => {
      const rooms = new Rooms();
      const service = new StreamServerEndpointService(endpoint, rooms, {
        clock: reactor,
        ...options,
      });
      const said: string[] = [];
      service.onStateChange(({ state, detail }) => {
        if (state === "stopping" && detail !== "") said.push(detail);
      });
      return { service, rooms, said };
    };

    const connected = async (
      endpoint: EndpointPlace["client"],
      address: StreamAddress,
    ): Promise<{ client: ClientService<Guest>; guest: Guest; guests: Guests }> => {
      const guests = new Guests();
      const client = new ClientService(endpoint(address), guests, { clock: reactor });
      await client.startService();
      const guest = await client.whenConnected(1);
      await guest.answered;
      return { client, guest, guests };
    };

    const kinds = { ...ENDPOINT_KINDS };
    if (backend === "clock") {
      kinds["an adopted socket"] = () => ({
        server: new AdoptedServerEndpoint(reactor, 3, "INET"),
        client: () => new TCPClientEndpoint(reactor, "127.0.0.1", 80),
      });
    }
    for (const [name, open] of Object.entries(kinds)) {
      describe(name, () => {
        let place: EndpointPlace;
        beforeEach(() => {
          place = open({ reactor, directory });
        });

        it("a server waits for its guests, and a client that stops has left", async () => {
          const { service, rooms, said } = serving(place.server, { drainTimeout: 300 });
          await service.startService();
          const address = service.getHost() as StreamAddress;
          const { client, guest, guests } = await connected(place.client, address);
          expect(service.connections).to.equal(1);
          const drained = service.stopService();
          while (!said.some((text) => text.startsWith("draining"))) {
            await new Promise((resolve) => void reactor.callLater(0, () => resolve(undefined)));
          }
          await client.stopService();
          await drained;
          expect(await guest.lost).to.be.instanceOf(ConnectionDoneError);
          expect(said).to.deep.equal(["closing the port", "draining: 1 connections"]);
          expect(guests.log).to.deep.equal(["built", "stopped"]);
          expect(rooms.log).to.deep.equal(["accepted", "stopped", "ended"]);
          expect(service.connections).to.equal(0);
        });

        it("a server closes those who stay, and the client connects again", async () => {
          const { service, said } = serving(place.server);
          await service.startService();
          const address = service.getHost() as StreamAddress;
          const { client, guest, guests } = await connected(place.client, address);
          await service.stopService();
          expect(await guest.lost).to.be.instanceOf(ConnectionDoneError);
          expect(said).to.deep.equal(["closing the port", "closing: 1 connections"]);
          await new Promise((resolve) => void reactor.callLater(0.01, () => resolve(undefined)));
          expect(guests.log).to.deep.equal(["built", "stopped"]);
          expect(client.inspect().detail).to.equal("waiting 1 s to connect again");
          await client.stopService();
        });

        it("a server that has no more time aborts them", async () => {
          const { service, said } = serving(place.server, { closeTimeout: 0 });
          await service.startService();
          const address = service.getHost() as StreamAddress;
          const { client, guest } = await connected(place.client, address);
          await service.stopService();
          expect(said).to.deep.equal(["closing the port", "aborting: 1 connections"]);
          expect(await guest.lost).not.to.be.instanceOf(ConnectionAbortedError);
          await client.stopService();
        });
      });
    }

    const late = {
      ssl: (address: StreamAddress) =>
        new TCPClientEndpoint(reactor, "127.0.0.1", (address as { port: number }).port),
      "tls over memory": () => new MemoryClientEndpoint(reactor, "tea"),
    };
    for (const [name, dial] of Object.entries(late)) {
      it(`a server that has stopped takes no late handshakes, by ${name}`, async () => {
        const { server } = (ENDPOINT_KINDS[name] as (typeof ENDPOINT_KINDS)[string])({
          reactor,
          directory,
        });
        const { service, rooms } = serving(server, { drainTimeout: 300 });
        await service.startService();
        const guest = new Guest();
        guest.connectionMade = () => {};
        await connectProtocol(dial(service.getHost() as StreamAddress), guest);
        await service.stopService();
        guest.transport.startTLS({
          trustRoot: certificates().trustRoot,
          serverName: "tea.example",
        });
        await guest.lost;
        expect(rooms.log).to.deep.equal(["stopped"]);
      });
    }

    it("a client of a command has left when that has exited", async () => {
      const { client, guest, guests } = await connected(() => new ProcessEndpoint(reactor, "cat"), {
        type: "UNIX",
        name: "",
      });
      await client.stopService();
      expect(await guest.lost).to.be.instanceOf(ConnectionDoneError);
      expect(guests.log).to.deep.equal(["built", "stopped"]);
      expect(reactor.inspect().filter(({ kind }) => kind === "process")).to.deep.equal([]);
    });
  });
}
