import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { fileURLToPath } from "node:url";
import {
  AdoptedServerEndpoint,
  AlreadyListenedError,
  EndpointParser,
  serverFromString,
  SystemdEndpoint,
  type SystemdEnvironment,
  type SystemdSocket,
  systemdServer,
  SystemdSocketError,
} from "skein/endpoints";
import {
  BadOptionError,
  type backends,
  CannotListenError,
  createReactor,
  type ReactorOn,
  type StreamAddress,
} from "skein/reactor";
import { FROM_SOURCE } from "../support/from-source.ts";
import { errorOf, watch } from "../support/outcomes.ts";
import { Asking, onLibuv, Shouting } from "../support/streams.ts";

const WEB: StreamAddress = { type: "TCP", host: "0.0.0.0", port: 80 };
const ADMIN: StreamAddress = { type: "UNIX", name: "/run/admin.sock" };

const handed = (env: Record<string, string | undefined>): SystemdEnvironment => ({
  env: { LISTEN_FDS: "2", LISTEN_PID: "77", LISTEN_FDNAMES: "web:admin", ...env },
  pid: 77,
});

describe("SystemdEndpoint", () => {
  let reactor: ReactorOn<typeof backends.clock>;
  beforeEach(async () => {
    reactor = createReactor("clock", { descriptors: { 3: WEB, 4: ADMIN } });
    await reactor.advance(0);
  });

  const listen = async (
    which: SystemdSocket,
    env: Record<string, string | undefined> = {},
    family: "INET" | "UNIX" = "INET",
  ): Promise<unknown[]> => {
    const endpoint = new SystemdEndpoint(reactor, family, which, handed(env));
    const outcomes = watch(endpoint.listen(new Shouting()).addCallback((port) => port.getHost()));
    await reactor.advance(0);
    return outcomes;
  };

  it("listens on the socket of a number, or of a name", async () => {
    expect(await listen({ index: 0 })).to.deep.equal([WEB]);
    expect(await listen({ name: "admin" }, {}, "UNIX")).to.deep.equal([ADMIN]);
  });

  it("counts from 0, and calls those without a name unknown", async () => {
    const unnamed = { LISTEN_FDNAMES: undefined };
    expect(await listen({ index: 1 }, unnamed, "UNIX")).to.deep.equal([ADMIN]);
    expect(await listen({ name: "unknown" }, { ...unnamed, LISTEN_FDS: "1" })).to.deep.equal([WEB]);
  });

  const refused: Record<string, [SystemdSocket, Record<string, string | undefined>, string]> = {
    "nothing was handed over": [{ index: 0 }, { LISTEN_FDS: undefined }, "LISTEN_FDS is not set"],
    "none was": [{ index: 0 }, { LISTEN_FDS: "0" }, "no sockets (LISTEN_FDS=0)"],
    "it says nonsense": [{ index: 0 }, { LISTEN_FDS: "-1" }, "no sockets (LISTEN_FDS=-1)"],
    "they are for another process": [
      { index: 0 },
      { LISTEN_PID: "76" },
      "for process 76, and this is process 77",
    ],
    "nobody says whose they are": [
      { index: 0 },
      { LISTEN_PID: undefined },
      "(LISTEN_PID is not set), and this is process 77",
    ],
    "there are fewer": [{ index: 2 }, {}, "no socket of the number 2, but 2: 0 (web), 1 (admin)"],
    "none has the name": [{ name: "api" }, {}, 'called "api", but 2: 0 (web), 1 (admin)'],
    "two have the name": [
      { name: "web" },
      { LISTEN_FDNAMES: "web:web" },
      "choose one by its number: 0 (web), 1 (web)",
    ],
  };
  for (const [what, [which, env, message]] of Object.entries(refused)) {
    it(`says so when ${what}`, () => {
      const endpoint = new SystemdEndpoint(reactor, "INET", which, handed(env));
      const error = errorOf(endpoint.listen(new Shouting()));
      expect(error).to.be.instanceOf(SystemdSocketError);
      expect(error.message).to.include(message);
    });
  }

  it("says so when the socket is of another family", async () => {
    const [outcome] = await listen({ index: 0 }, {}, "UNIX");
    expect(outcome).to.have.property("failed").that.is.instanceOf(CannotListenError);
  });

  it("can be listened on once, also when the first port has stopped", async () => {
    const endpoint = new SystemdEndpoint(reactor, "INET", { index: 0 }, handed({}));
    endpoint.listen(new Shouting()).addCallback((port) => port.stopListening());
    await reactor.advance(0);
    expect(errorOf(endpoint.listen(new Shouting()))).to.be.instanceOf(AlreadyListenedError);
  });

  it("is made by a string, and told by the parser what was handed over", async () => {
    const parser = new EndpointParser({ systemd: { server: systemdServer(handed({})) } });
    const endpoint = parser.server(reactor, "systemd:domain=INET:name=web");
    const outcomes = watch(endpoint.listen(new Shouting()).addCallback((port) => port.getHost()));
    await reactor.advance(0);
    expect(outcomes).to.deep.equal([WEB]);
  });

  it("looks at this process' environment unless told otherwise", () => {
    // Tests are not started by systemd, or not with these sockets for this very process.
    const endpoint = serverFromString(reactor, "systemd:domain=INET:index=999");
    expect(errorOf(endpoint.listen(new Shouting()))).to.be.instanceOf(SystemdSocketError);
  });
});

describe("AdoptedServerEndpoint", () => {
  it("may be tried again when it has failed", async () => {
    const reactor = createReactor("clock", { descriptors: { 3: WEB } });
    await reactor.advance(0);
    const endpoint = new AdoptedServerEndpoint(reactor, 4, "INET");
    const outcomes = watch(endpoint.listen(new Shouting()));
    await reactor.advance(0);
    outcomes.push(...watch(endpoint.listen(new Shouting())));
    const again = watch(endpoint.listen(new Shouting()));
    await reactor.advance(0);
    expect(outcomes[0]).to.have.property("failed").that.is.instanceOf(CannotListenError);
    expect(again[0]).to.have.property("failed").that.is.instanceOf(AlreadyListenedError);
  });

  it("refuses what is no descriptor, or no family", () => {
    const reactor = createReactor("clock");
    expect(() => new AdoptedServerEndpoint(reactor, -1, "INET")).to.throw(BadOptionError);
    expect(() => new AdoptedServerEndpoint(reactor, 3, "IPX" as "INET")).to.throw(BadOptionError);
  });
});

describe("systemd: in a process that was handed sockets", () => {
  const daemon = fileURLToPath(new URL("../fixtures/systemd-served.ts", import.meta.url));
  let child: ChildProcess | undefined;
  afterEach(() => void child?.kill());

  /** Starts it as systemd does: LISTEN_PID is its own; what it says first. */
  const start = async (server: net.Server, env: object, ...strings: string[]): Promise<string> => {
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
    const node = `"${process.execPath}" ${FROM_SOURCE.join(" ")} "$0" "$@"`;
    child = spawn("sh", ["-c", `LISTEN_PID=$$ exec ${node}`, daemon, ...strings], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit", fd],
    });
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    return line.toString().trim();
  };

  const listening = async (): Promise<[net.Server, number]> => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return [server, (server.address() as net.AddressInfo).port];
  };

  it("serves on the one that is named", async () => {
    const [server, port] = await listening();
    const env = { LISTEN_FDS: "1", LISTEN_FDNAMES: "web" };
    const said = await start(server, env, "systemd:domain=INET:name=web");
    server.close();
    expect(JSON.parse(said)).to.deep.equal({ type: "TCP", host: "127.0.0.1", port });
    await onLibuv(async (reactor) => {
      const asking = new Asking("tea");
      reactor.connectTCP("127.0.0.1", port, asking);
      expect(await asking.answer).to.equal("TEA");
    });
  });

  it("says which there are, when there is none of the name", async () => {
    const [server] = await listening();
    const env = { LISTEN_FDS: "1", LISTEN_FDNAMES: "web" };
    const said = await start(server, env, "systemd:domain=INET:name=api");
    server.close();
    expect(said).to.equal(
      'SystemdSocketError: systemd has handed over no socket called "api", but 1: 0 (web)',
    );
  });
});
