/** Debian's haproxy in front of ours, over sockets. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import {
  ClientFactory,
  Factory,
  LineReceiver,
  proxied,
  type ProxyHeader,
  proxyHeaderOf,
} from "skein/protocols";
import { LineClient } from "skein/testing";
import {
  type PrivateServer,
  freePort,
  serverFolder,
  startServer,
} from "../peers/private-server.ts";
import { certificates } from "../support/certificates.ts";
import { needsProgram } from "../support/needs-program.ts";
import { type Libuv, onLibuv } from "../support/streams.ts";

/** Tells each client what it is said to be, by a line. */
class Mirror extends LineReceiver {
  override delimiter = "\n";
  readonly #seen: ProxyHeader[];
  constructor(seen: ProxyHeader[]) {
    super();
    this.#seen = seen;
  }
  override connectionMade(): void {
    const header = proxyHeaderOf(this.transport);
    if (header !== undefined) this.#seen.push(header);
  }
  override lineReceived(line: string): void {
    this.sendLine(JSON.stringify([line, this.transport.getPeer(), this.transport.getHost()]));
  }
}

describe("haproxy in front", function () {
  this.timeout(20_000);
  let haproxy = "";
  let server: PrivateServer | undefined;

  before(function () {
    haproxy = needsProgram(this, "haproxy");
  });
  afterEach(() => server?.stop());

  /** Puts haproxy before a port of ours; gives its own port. */
  async function inFront(ours: number, bind: string, how: string): Promise<number> {
    const folder = serverFolder("haproxy");
    const port = await freePort();
    const pem = ["server.pem", "server.key"].map((name) =>
      readFileSync(join(certificates().directory, name), "utf8"),
    );
    writeFileSync(join(folder, "server.pem"), pem.join(""));
    writeFileSync(
      join(folder, "haproxy.cfg"),
      `defaults
  mode tcp
  timeout connect 5s
  timeout client 10s
  timeout server 10s
frontend front
  bind 127.0.0.1:${port} ${bind}
  unique-id-format %{+X}o\\ %ci:%cp
  default_backend back
backend back
  server ours 127.0.0.1:${ours} ${how}
`,
    );
    server = await startServer({
      folder,
      port,
      command: haproxy,
      args: ["-db", "-f", join(folder, "haproxy.cfg")],
      options: { cwd: folder, stdio: "ignore" },
    });
    return port;
  }

  async function listening(reactor: Libuv, seen: ProxyHeader[]): Promise<number> {
    const factory = proxied(
      reactor,
      Factory.from(() => new Mirror(seen)),
    );
    const port = await reactor.listenTCP(0, factory, { interface: "127.0.0.1" });
    return port.getHost().port;
  }

  for (const [how, version] of [
    ["send-proxy", 1],
    ["send-proxy-v2", 2],
    ["send-proxy-v2 proxy-v2-options crc32c,unique-id", 2],
  ] as const) {
    it(`announces its clients by ${how}`, () =>
      onLibuv(async (reactor) => {
        const seen: ProxyHeader[] = [];
        const front = await inFront(await listening(reactor, seen), "", how);
        const client = await LineClient.dial(reactor, front);
        client.say("hello");
        const [line, peer, host] = JSON.parse(await client.heard("hello")) as unknown[];
        expect(line).to.equal("hello");
        expect(peer).to.deep.equal(client.transport.getHost());
        expect(host).to.deep.equal(client.transport.getPeer());
        const { port } = client.transport.getHost() as { port: number };
        // Somebody else has tried whether it listens, and may be announced later.
        const header = seen.find(({ source }) => (source as { port?: number }).port === port);
        expect(header?.version).to.equal(version);
        const types = header?.tlvs.map(({ type }) => type) ?? [];
        if (how.includes("crc32c")) {
          expect(types).to.include.members([3, 5]);
          expect(Buffer.from(header?.uniqueId ?? []).toString()).to.match(
            new RegExp(`:${port.toString(16)}$`, "i"),
          );
        }
        client.close();
        await client.ended;
      }));
  }

  it("tells of TLS that ends there: the host asked for, the protocol, the certificate", () =>
    onLibuv(async (reactor) => {
      const seen: ProxyHeader[] = [];
      const { trustRoot, client: guest } = certificates();
      const front = await inFront(
        await listening(reactor, seen),
        `ssl crt server.pem ca-file ${trustRoot} verify optional alpn tea/1`,
        "send-proxy-v2-ssl-cn proxy-v2-options authority,ssl",
      );
      const heard = new Promise<string>((resolve, reject) => {
        class Client extends LineReceiver {
          override delimiter = "\n";
          override handshakeCompleted(): void {
            this.sendLine("hello");
          }
          override lineReceived(line: string): void {
            resolve(line);
            this.transport.loseConnection();
          }
          override connectionLost(): void {
            reject(new Error("it was lost"));
          }
        }
        reactor.connectSSL("127.0.0.1", front, ClientFactory.forProtocol(Client), {
          ...guest,
          trustRoot,
          serverName: "tea.example",
          acceptableProtocols: ["tea/1"],
        });
      });
      expect(await heard).to.contain("hello");
      const header = seen.at(-1);
      expect(header?.authority).to.equal("tea.example");
      expect(header?.alpn).to.equal("tea/1");
      expect(header?.ssl).to.deep.include({
        overTLS: true,
        certificateShown: true,
        verified: true,
        commonName: "guest",
        version: "TLSv1.3",
      });
    }));

  it("looks by LOCAL whether anybody is there, and finds that there is", () =>
    onLibuv(async (reactor) => {
      const seen: ProxyHeader[] = [];
      await inFront(
        await listening(reactor, seen),
        "",
        "send-proxy-v2 check check-send-proxy inter 50ms",
      );
      const local = (): boolean => seen.some(({ command }) => command === "local");
      while (!local()) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(seen.find(({ command }) => command === "local")?.source).to.equal(undefined);
    }));
});
