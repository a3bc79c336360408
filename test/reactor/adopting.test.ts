import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BadOptionError, CannotListenError, createReactor } from "skein/reactor";
import { FROM_SOURCE } from "../support/from-source.ts";
import { Asking, onLibuv, Shouting } from "../support/streams.ts";

const child = fileURLToPath(new URL("../fixtures/adopting.ts", import.meta.url));

describe("adoptStreamPort", () => {
  let process_: ChildProcess | undefined;
  afterEach(() => void process_?.kill());

  /** Starts a process that inherits the listening socket; gives the address that it found. */
  const handOver = async (server: net.Server, family: string): Promise<unknown> => {
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
    process_ = spawn(process.execPath, [...FROM_SOURCE, child, family], {
      stdio: ["ignore", "pipe", "inherit", fd],
    });
    const [line] = (await once(process_.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    server.close();
    return JSON.parse(line.toString());
  };

  it("serves on a TCP port that another process has opened", async () => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    expect(await handOver(server, "INET")).to.deep.equal({ type: "TCP", host: "127.0.0.1", port });
    await onLibuv(async (reactor) => {
      const asking = new Asking("tea");
      reactor.connectTCP("127.0.0.1", port, asking);
      expect(await asking.answer).to.equal("TEA");
    });
  });

  it("serves on a UNIX socket that another process has opened", async () => {
    const directory = mkdtempSync(join(tmpdir(), "skein-adopt-"));
    const name = join(directory, "tea.sock");
    const server = net.createServer().listen(name);
    await once(server, "listening");
    expect(await handOver(server, "UNIX")).to.deep.equal({ type: "UNIX", name: "" });
    rmSync(directory, { recursive: true });
  });

  it("says what is no listening descriptor of the family", async () => {
    await onLibuv(async (reactor) => {
      const outcome = (adopted: PromiseLike<unknown>): PromiseLike<unknown> =>
        adopted.then(
          () => "it listens",
          (error: unknown) => error,
        );
      const missing = await outcome(reactor.adoptStreamPort(999, "INET", new Shouting()));
      expect(missing)
        .to.be.instanceOf(CannotListenError)
        .with.property("message")
        .that.include("999");
      const factory = new Shouting();
      expect(() => reactor.adoptStreamPort(-1, "INET", factory)).to.throw(BadOptionError);
      expect(() => reactor.adoptStreamPort(3, "IPX" as "INET", factory)).to.throw(BadOptionError);
    });
  });

  it("on clock serves on the descriptors that the world has", async () => {
    const address = { type: "TCP", host: "127.0.0.1", port: 80 } as const;
    const reactor = createReactor("clock", { descriptors: { 3: address } });
    const outcomes: unknown[] = [];
    const note = (outcome: unknown): void => void outcomes.push(outcome);
    reactor.adoptStreamPort(3, "INET", new Shouting()).addCallback((port) => note(port.getHost()));
    reactor.adoptStreamPort(3, "UNIX", new Shouting()).addErrback(({ value }) => note(value));
    reactor.adoptStreamPort(4, "INET", new Shouting()).addErrback(({ value }) => note(value));
    await reactor.advance(0);
    expect(outcomes[0]).to.deep.equal(address);
    expect(outcomes[1]).to.be.instanceOf(CannotListenError).with.property("reason", "EAFNOSUPPORT");
    expect(outcomes[2]).to.be.instanceOf(CannotListenError).with.property("reason", "EINVAL");
    const asking = new Asking("tea");
    reactor.connectTCP("127.0.0.1", 80, asking);
    await reactor.advance(1);
    expect(await asking.answer).to.equal("TEA");
  });
});
