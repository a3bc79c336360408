import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotListenError, createReactor } from "skein/reactor";
import { Asking, onLibuv, Shouting } from "../support/streams.ts";

describe("UNIX sockets on libuv", () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "skein-unix-"));
    path = join(directory, "tea.sock");
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const failureOf = async (listening: PromiseLike<unknown>): Promise<CannotListenError> => {
    try {
      await listening;
    } catch (error) {
      expect(error).to.be.instanceOf(CannotListenError);
      return error as CannotListenError;
    }
    throw new Error("it listens");
  };

  /** A socket file whose process was killed. */
  const leaveStale = async (): Promise<void> => {
    const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => {
      console.log("up");
    })`;
    const child = spawn(process.execPath, ["-e", script]);
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(lstatSync(path).isSocket()).to.equal(true);
  };

  it("appear with their mode, whatever the umask, and go with the port", async () => {
    await onLibuv(async (reactor) => {
      for (const mode of [0o600, 0o666, 0o777]) {
        const port = await reactor.listenUNIX(path, new Shouting(), { mode });
        expect((lstatSync(path).mode & 0o777).toString(8)).to.equal(mode.toString(8));
        expect(readdirSync(directory)).to.deep.equal(["tea.sock"]);
        await port.stopListening();
        expect(readdirSync(directory)).to.deep.equal([]);
      }
      await reactor.listenUNIX(path, new Shouting());
      expect(lstatSync(path).mode & 0o777).to.equal(0o666);
    });
    expect(existsSync(path)).to.equal(false);
  });

  it("of a dead process are replaced", async () => {
    await leaveStale();
    await onLibuv(async (reactor) => {
      await reactor.listenUNIX(path, new Shouting());
      const asking = new Asking("tea");
      reactor.connectUNIX(path, asking);
      expect(await asking.answer).to.equal("TEA");
      expect(readdirSync(directory)).to.deep.equal(["tea.sock"]);
    });
  });

  it("of a dead process are replaced once, when many want to", async () => {
    await leaveStale();
    await onLibuv(async (reactor) => {
      const attempts = Array.from({ length: 8 }, () => reactor.listenUNIX(path, new Shouting()));
      const outcomes = await Promise.allSettled(attempts.map(async (attempt) => await attempt));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
      const asking = new Asking("tea");
      reactor.connectUNIX(path, asking);
      expect(await asking.answer).to.equal("TEA");
      expect(readdirSync(directory)).to.deep.equal(["tea.sock"]);
    });
  });

  it("that are alive, and files that are none, are left alone", async () => {
    const other = net.createServer((socket) => socket.on("error", () => {}).end("still here"));
    other.listen(path);
    await once(other, "listening");
    await onLibuv(async (reactor) => {
      const error = await failureOf(reactor.listenUNIX(path, new Shouting()));
      expect(error.reason).to.equal("EADDRINUSE");
      expect(error.message).to.include(path);
      const [heard] = (await once(net.connect(path), "data")) as [Buffer];
      expect(heard.toString()).to.equal("still here");
      // This removes the file.
      other.close();

      writeFileSync(path, "a file");
      const refused = await failureOf(reactor.listenUNIX(path, new Shouting()));
      expect(refused.reason).to.equal("EEXIST");
      expect(refused.message).to.include("no socket");
      expect(readdirSync(directory)).to.deep.equal(["tea.sock"]);
    });
  });

  it("that another process has put in their place are not removed", async () => {
    await onLibuv(async (reactor) => {
      const port = await reactor.listenUNIX(path, new Shouting());
      rmSync(path);
      const other = net.createServer().listen(path);
      await once(other, "listening");
      await port.stopListening();
      expect(lstatSync(path).isSocket()).to.equal(true);
      other.close();
    });
  });

  it("cannot be where there is no directory, or no room for the name", async () => {
    await onLibuv(async (reactor) => {
      const nowhere = await failureOf(reactor.listenUNIX(join(directory, "no/x"), new Shouting()));
      expect(nowhere.reason).to.equal("ENOENT");
      const full = join(directory, "x".repeat(107 - directory.length - 1));
      const port = await reactor.listenUNIX(full, new Shouting());
      const asking = new Asking("tea");
      reactor.connectUNIX(full, asking);
      expect(await asking.answer).to.equal("TEA");
      await port.stopListening();
    });
  });

  it("may be abstract, on Linux", async function () {
    if (process.platform !== "linux") this.skip();
    await onLibuv(async (reactor) => {
      const name = `\0skein-test-${process.pid}`;
      await reactor.listenUNIX(name, new Shouting());
      const asking = new Asking("tea");
      reactor.connectUNIX(name, asking);
      expect(await asking.answer).to.equal("TEA");
      const error = await failureOf(reactor.listenUNIX(name, new Shouting()));
      expect(error.reason).to.equal("EADDRINUSE");
      expect(error.message).to.include("@skein-test");
    });
  });

  it("may go by TLS, when the name to expect is given", async () => {
    const { certificates } = await import("../support/certificates.ts");
    const { server, trustRoot } = certificates();
    await onLibuv(async (reactor) => {
      const { Factory, Protocol } = await import("skein/protocols");
      class Secret extends Protocol {
        override connectionMade(): void {
          this.transport.startTLS(server);
          this.transport.write("psst");
        }
      }
      await reactor.listenUNIX(path, Factory.forProtocol(Secret));
      let heard = "";
      const done = new Promise<void>((resolve) => {
        class Listener extends Protocol {
          override connectionMade(): void {
            expect(() => this.transport.startTLS({ trustRoot })).to.throw(/serverName/);
            this.transport.startTLS({ trustRoot, serverName: "tea.example" });
          }
          override dataReceived(data: Uint8Array): void {
            heard += Buffer.from(data).toString();
            resolve();
          }
        }
        reactor.connectUNIX(
          path,
          new (class extends Asking {
            override buildProtocol(): Listener {
              return new Listener();
            }
          })(""),
        );
      });
      await done;
      expect(heard).to.equal("psst");
    });
  });
});

describe("UNIX sockets on clock", () => {
  it("have their names and modes in the trace", async () => {
    const trace: string[] = [];
    const reactor = createReactor("clock", { trace: ({ event }) => trace.push(event) });
    void reactor.listenUNIX("/run/tea.sock", new Shouting(), { mode: 0o600 });
    await reactor.advance(0);
    const asking = new Asking("tea");
    reactor.connectUNIX("/run/tea.sock", asking);
    await reactor.advance(1);
    expect(await asking.answer).to.equal("TEA");
    expect(trace).to.include("listen /run/tea.sock mode 600");
    expect(trace).to.include("connected >/run/tea.sock");
  });
});
