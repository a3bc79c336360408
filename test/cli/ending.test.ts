import { expect } from "chai";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { moduleFolder, reactor, start } from "../support/command.ts";

const ECHO = "test/fixtures/daemons/echo.js";

describe("reactor: how a daemon ends", () => {
  const path = moduleFolder({
    "stops.mjs": `export default (reactor) => {
      reactor.addSystemEventTrigger("after", "shutdown", () => console.log("stopped"));
      reactor.callLater(0.01, () => reactor.stop());
    };`,
    "throws.mjs": "export default () => {\n  throw new TypeError('a bug');\n};",
    "throws-text.mjs": "export default () => { throw 'text'; };",
    "rejects.mjs": "export default async () => { throw new RangeError('an async bug'); };",
    "bad-option.mjs": "export default (reactor) => reactor.listenTCP(70000, {});",
    "lives-on.mjs": `export default (reactor) => {
      setInterval(() => {}, 1000);
      reactor.callLater(0.01, () => reactor.stop());
    };`,
    "hangs.mjs": `export default (reactor) => {
      reactor.addSystemEventTrigger("before", "shutdown", () => new Promise(() => {}));
      throw new Error("said before the end");
    };`,
    "beats.mjs": `export default (reactor) => {
      const beat = () => {
        console.log("beat at " + reactor.seconds());
        reactor.callLater(1800, beat);
      };
      beat();
    };`,
    "drains.mjs": `export default async (reactor) => {
      const silent = { doStart() {}, doStop() {}, startedConnecting() {},
        clientConnectionLost() {} };
      const protocol = (makeConnection) => ({ makeConnection,
        dataReceived() {}, connectionLost() {} });
      const holding = protocol((transport) => {
        transport.registerProducer({ resumeProducing() {}, stopProducing() {} }, false);
        reactor.stop();
      });
      await reactor.listenTCP(7000, { ...silent, buildProtocol: () => holding });
      reactor.connectTCP("127.0.0.1", 7000, { ...silent, buildProtocol: () => protocol(() => {}) });
      reactor.addSystemEventTrigger("after", "shutdown", () => {
        console.log("stopped after", reactor.seconds());
      });
    };`,
    "never-starts.mjs": "export default () => new Promise(() => {});",
    "errors.mjs": `export default (reactor) => {
      reactor.callLater(0, () => { throw new Error("in a delayed call"); });
      reactor.callLater(0.01, () => reactor.stop());
    };`,
  });

  it("one that stops itself ends with status 0, after its triggers", async () => {
    expect(await reactor(path("stops.mjs"))).to.deep.equal({
      status: 0,
      signal: null,
      stdout: "stopped\n",
      stderr: "",
    });
  });

  it("one that has stopped is over, whatever handles it left open", async () => {
    expect((await reactor(path("lives-on.mjs"))).status).to.equal(0);
  });

  it("one whose port is in use fails in one sentence", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const ending = await reactor(ECHO, "--port", String(port));
    server.close();
    expect(ending).to.deep.equal({
      status: 1,
      signal: null,
      stdout: "",
      stderr:
        `reactor: cannot listen on 127.0.0.1:${port}: another program listens there; ` +
        "stop it, or choose another address\n",
    });
  });

  it("one that throws fails, and says where", async () => {
    const { status, stdout, stderr } = await reactor(path("throws.mjs"));
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: "" });
    expect(stderr).to.match(/^TypeError: a bug\n +at .*throws\.mjs:2:/);
  });

  it("one that throws what is no error fails, and says what", async () => {
    const { status, stderr } = await reactor(path("throws-text.mjs"));
    expect({ status, stderr }).to.deep.equal({ status: 1, stderr: "text\n" });
  });

  it("one whose start fails later fails", async () => {
    const { status, stderr } = await reactor(path("rejects.mjs"));
    expect(status).to.equal(1);
    expect(stderr).to.match(/^RangeError: an async bug\n +at .*rejects\.mjs/);
  });

  it("one whose options cannot work was misused", async () => {
    const { status, stderr } = await reactor(path("bad-option.mjs"));
    expect(status).to.equal(2);
    expect(stderr).to.match(/^reactor: 70000 is not a port .*\nTry: reactor --help\n$/);
  });

  it("one that fails says so before it waits for the shutdown", async () => {
    const failing = start([path("hangs.mjs")]);
    await failing.printed("said before the end");
    failing.kill("SIGTERM");
    await failing.printed("once more to stop at once");
    failing.kill("SIGTERM");
    expect((await failing.ended).signal).to.equal("SIGTERM");
  });

  it("one that is stopped while it starts has not failed", async () => {
    const { status, stderr } = await reactor("--until", "0", "test/fixtures/daemons/cut-short.ts");
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
  });

  it("one with an error in a delayed call goes on", async () => {
    const { status, stderr } = await reactor(path("errors.mjs"));
    expect(status).to.equal(0);
    expect(stderr).to.match(
      /^\S+Z error error while running a delayed call\n +Error: in a delayed call\n/,
    );
  });

  describe("--until", () => {
    it("stops after real seconds on libuv", async () => {
      const { status, stdout, stderr } = await reactor("--until", "0.02", ECHO);
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
      expect(stdout).to.match(/^echo: port \d+\n$/);
    });

    it("stops after virtual seconds on clock", async () => {
      const ending = await reactor("--backend", "clock", "--until=3600", path("beats.mjs"));
      expect(ending).to.deep.equal({
        status: 0,
        signal: null,
        stdout: "beat at 0\nbeat at 1800\nbeat at 3600\n",
        stderr: "",
      });
    });

    it("does not matter to a daemon that stops before", async () => {
      const { status, stdout } = await reactor("--until", "3600", path("stops.mjs"));
      expect({ status, stdout }).to.deep.equal({ status: 0, stdout: "stopped\n" });
    });
  });

  describe("when nothing is left to happen on virtual time", () => {
    it("ends well, once it has started", async () => {
      const { status, stdout, stderr } = await reactor("--backend", "clock", ECHO);
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
      expect(stdout).to.match(/^echo: port \d+\n$/);
    });

    it("ends with status 1, and says why, where its start waits in vain", async () => {
      const ending = await reactor("--backend", "clock", path("never-starts.mjs"));
      expect(ending).to.deep.include({ status: 1, signal: null, stdout: "" });
      expect(ending.stderr).to.equal(
        "reactor: the start of the daemon waits for what can never happen: at 0 s nothing is " +
          "left to happen on virtual time, where real timers and sockets do not count; " +
          "nothing is open on the reactor\n",
      );
    });
  });

  it("--drain says how long connections may hold up the end", async () => {
    const [options, daemon] = [["--backend", "clock"], path("drains.mjs")];
    const ended = async (...drain: string[]): Promise<string> =>
      (await reactor(...options, ...drain, daemon)).stdout;
    expect(await ended("--drain", "30")).to.equal("stopped after 30\n");
    expect(await ended("--drain=0")).to.equal("stopped after 0\n");
    expect(await ended()).to.equal("stopped after 2\n");
  });
});
