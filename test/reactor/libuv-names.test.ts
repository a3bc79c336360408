import { expect } from "chai";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CancelledError, TimeoutError } from "skein/defer";
import { DatagramProtocol } from "skein/protocols";
import {
  BadOptionError,
  createReactor,
  type DNSOptions,
  type ResolvedAddress,
  type UDPAddress,
  UnknownHostError,
} from "skein/reactor";
import { type Libuv, onLibuv } from "../support/streams.ts";

/** The answers of a name server: to `NAME TYPE`, addresses as bytes, a response code, or none. */
type Zone = Record<string, { ttl: number; data: number[][] } | { code: number } | undefined>;

const TYPES: Record<number, string> = { 1: "A", 28: "AAAA" };

/** A name server, as far as it goes: it answers one question each. */
class NameServer extends DatagramProtocol {
  readonly asked: string[] = [];
  readonly #zone: Zone;

  constructor(zone: Zone) {
    super();
    this.#zone = zone;
  }

  override datagramReceived(data: Uint8Array, from: UDPAddress): void {
    const message = Buffer.from(data);
    const labels: string[] = [];
    let at = 12;
    for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
      labels.push(message.toString("latin1", at + 1, at + 1 + length));
      at += length + 1;
    }
    const type = message.readUInt16BE(at + 1);
    const question = message.subarray(12, at + 5);
    const name = labels.join(".").toLowerCase();
    this.asked.push(`${name} ${TYPES[type]}`);
    const answer = this.#zone[`${name} ${TYPES[type]}`] ?? this.#zone[name];
    if (answer === undefined) return;
    const records = "data" in answer ? answer.data : [];
    const header = Buffer.alloc(12);
    message.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | ("code" in answer ? answer.code : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    const sections = records.map((bytes) => {
      const record = Buffer.alloc(12);
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(type, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt32BE("ttl" in answer ? answer.ttl : 0, 6);
      record.writeUInt16BE(bytes.length, 10);
      return Buffer.concat([record, Buffer.from(bytes)]);
    });
    this.transport.write(Buffer.concat([header, question, ...sections]), from);
  }
}

const V6 = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
const NXDOMAIN = { code: 3 };
const NODATA = { code: 0 };
const SERVFAIL = { code: 2 };

describe("names on libuv", () => {
  let folder: string;
  let hostsFile: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "skein-names-"));
    hostsFile = join(folder, "hosts");
    writeFileSync(
      hostsFile,
      [
        "127.0.0.9 kettle Kettle.Example # 10.0.0.1 not-me",
        "::9\tkettle",
        "nonsense pot",
        "# 10.0.0.1 cup",
      ].join("\n"),
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Asks a reactor with names by DNS, whose server has `zone`, until all is answered. */
  const ask = async <T>(
    zone: Zone,
    body: (
      resolve: (host: string, family?: 4 | 6) => Promise<readonly ResolvedAddress[]>,
      server: NameServer,
      reactor: Libuv,
    ) => Promise<T>,
    options: DNSOptions = {},
  ): Promise<T> => {
    let result: T | undefined;
    await onLibuv(async (serving) => {
      const server = new NameServer(zone);
      const { port } = (await serving.listenUDP(0, server, { interface: "127.0.0.1" })).getHost();
      const reactor = withDNS({ hostsFile, servers: [`127.0.0.1:${port}`], ...options });
      const stopped = reactor.run();
      try {
        const resolve = async (host: string, family?: 4 | 6): Promise<readonly ResolvedAddress[]> =>
          await reactor.nameResolver.resolve(host, family === undefined ? {} : { family });
        result = await body(resolve, server, reactor);
        expect(reactor.inspect()).to.deep.equal([]);
      } finally {
        reactor.stop();
        await stopped;
      }
    });
    return result as T;
  };
  const withDNS = (names: DNSOptions): Libuv => createReactor("libuv", { names });
  const failure = async (asked: Promise<unknown>): Promise<UnknownHostError> =>
    await asked.then(
      () => expect.fail("it was found"),
      (error: unknown) => error as UnknownHostError,
    );

  it("by DNS have TTLs, IPv6 first", async () => {
    const zone: Zone = {
      "tea.example A": {
        ttl: 30,
        data: [
          [10, 0, 0, 1],
          [10, 0, 0, 2],
        ],
      },
      "tea.example AAAA": { ttl: 300, data: [V6] },
    };
    await ask(zone, async (resolve, server) => {
      expect(await resolve("Tea.Example.")).to.deep.equal([
        { address: "2001:db8::7", family: 6, ttl: 300 },
        { address: "10.0.0.1", family: 4, ttl: 30 },
        { address: "10.0.0.2", family: 4, ttl: 30 },
      ]);
      expect(await resolve("tea.example", 4)).to.have.lengthOf(2);
      expect(server.asked.sort()).to.deep.equal([
        "tea.example A",
        "tea.example A",
        "tea.example AAAA",
      ]);
    });
  });

  it("by DNS are unknown when there is nothing, temporarily when a server fails", async () => {
    const zone: Zone = {
      "gone.example": NXDOMAIN,
      "four.example A": { ttl: 1, data: [[10, 0, 0, 4]] },
      "four.example AAAA": NODATA,
      "half.example A": { ttl: 1, data: [[10, 0, 0, 4]] },
      "half.example AAAA": SERVFAIL,
      "down.example A": SERVFAIL,
      "down.example AAAA": NODATA,
    };
    await ask(
      zone,
      async (resolve) => {
        for (const [host, family, temporary] of [
          ["gone.example", undefined, false],
          ["four.example", 6, false],
          ["down.example", undefined, true],
        ] as const) {
          const error = await failure(resolve(host, family));
          expect(error, host).to.be.instanceOf(UnknownHostError);
          expect(error.temporary, host).to.equal(temporary);
        }
        expect(await resolve("four.example")).to.have.lengthOf(1);
        expect(await resolve("half.example")).to.have.lengthOf(1);
      },
      { tries: 1, serverTimeout: 1 },
    );
  });

  it("by DNS come from the hosts file first, which is not asked about others", async () => {
    await ask({ pot: NXDOMAIN, cup: NXDOMAIN, "not-me": NXDOMAIN }, async (resolve, server) => {
      expect(await resolve("kettle")).to.deep.equal([
        { address: "127.0.0.9", family: 4, ttl: undefined },
        { address: "::9", family: 6, ttl: undefined },
      ]);
      expect((await resolve("kettle.example"))[0]?.address).to.equal("127.0.0.9");
      expect((await resolve("kettle", 6)).map(({ address }) => address)).to.deep.equal(["::9"]);
      expect(await failure(resolve("kettle.example", 6))).to.be.instanceOf(UnknownHostError);
      for (const host of ["localhost", "a.localhost"]) {
        expect((await resolve(host)).map(({ address }) => address)).to.deep.equal([
          "127.0.0.1",
          "::1",
        ]);
      }
      expect(server.asked).to.deep.equal([]);
      for (const host of ["pot", "cup", "not-me"]) await failure(resolve(host));
      expect(server.asked).to.have.lengthOf(6);
    });
  });

  it("by DNS are given up by cancel, by timeout, and when the reactor stops", async () => {
    await ask({}, async (_resolve, server, reactor) => {
      const asking = reactor.nameResolver.resolve("silent.example");
      while (server.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      asking.cancel();
      expect(await failure(Promise.resolve(asking))).to.be.instanceOf(CancelledError);
      const late = reactor.nameResolver.resolve("silent.example", { timeout: 0.02 });
      expect(await failure(Promise.resolve(late))).to.be.instanceOf(TimeoutError);
      const atOnce = reactor.nameResolver.resolve("silent.example");
      atOnce.cancel();
      expect(await failure(Promise.resolve(atOnce))).to.be.instanceOf(CancelledError);
    });
    let stopped: Promise<UnknownHostError> | undefined;
    // One that is there, and says nothing: a refusal might be quicker than the stop.
    const silent = createSocket("udp4").bind(0, "127.0.0.1");
    await once(silent, "listening");
    const reactor = withDNS({ hostsFile, servers: [`127.0.0.1:${silent.address().port}`] });
    const run = reactor.run();
    reactor.callWhenRunning(() => {
      stopped = failure(Promise.resolve(reactor.nameResolver.resolve("silent.example")));
      reactor.stop();
    });
    await run;
    silent.close();
    expect(await stopped).to.be.instanceOf(CancelledError);
  });

  it("by DNS refuse servers that are none", () => {
    expect(() => withDNS({ servers: ["nonsense"] })).to.throw(BadOptionError);
    expect(() => withDNS({ tries: 0 })).to.throw(BadOptionError);
  });

  it("by the system know localhost, without TTLs; a lookup may be given up", async () => {
    await onLibuv(async (reactor) => {
      const found = await reactor.nameResolver.resolve("localhost", { family: 4 });
      expect(found).to.deep.equal([{ address: "127.0.0.1", family: 4, ttl: undefined }]);
      const asking = reactor.nameResolver.resolve("localhost");
      asking.cancel();
      expect(await failure(Promise.resolve(asking))).to.be.instanceOf(CancelledError);
      expect(reactor.inspect()).to.deep.equal([]);
    });
  });
});
