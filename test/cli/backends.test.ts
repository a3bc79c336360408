import { expect } from "chai";
import { once } from "node:events";
import { connect } from "node:net";
import { expectMisuse, moduleFolder, reactor, start } from "../support/command.ts";

const TIMERS = "./test/fixtures/backends/timers.ts";
const SOCKETS = "./test/fixtures/backends/sockets.ts";
const ECHO = "test/fixtures/daemons/echo.js";

describe("reactor: --backend", () => {
  const path = moduleFolder({
    "names.mjs": `export default (reactor) => {
      reactor.callLater(0.01, () => {
        console.log(reactor.backend, reactor.running);
        reactor.stop();
      });
    };`,
    "null.mjs": "export default null;",
    "function.mjs": "export default () => ({});",
    "nameless.mjs": "export default { capabilities: [], open() {} };",
    "closed.mjs": 'export default { name: "closed", capabilities: [] };',
    "liar.mjs": `export default {
      name: "liar", summary: "", capabilities: ["tcp"],
      open: () => ({ seconds: () => 0, wakeAt() {}, started() {}, sleep() {} }),
    };`,
    "refuses.mjs": `export default {
      name: "refuses", summary: "", capabilities: [],
      open() { throw new Error("not today"); },
    };`,
    "throws.mjs": 'throw new Error("broken");',
  });
  const daemon = path("names.mjs");

  for (const name of ["libuv", "timer", "clock"]) {
    it(`${name} runs the daemon on it`, async () => {
      const ending = await reactor("--backend", name, daemon);
      expect(ending).to.deep.equal({
        status: 0,
        signal: null,
        stdout: `${name} true\n`,
        stderr: "",
      });
    });
  }

  it("libuv is the default", async () => {
    expect((await reactor(daemon)).stdout).to.equal("libuv true\n");
  });

  it("takes a module that skein has never seen", async () => {
    const { status, stdout, stderr } = await reactor("--backend", TIMERS, daemon);
    expect({ status, stdout, stderr }).to.deep.equal({
      status: 0,
      stdout: "wrapped true\n",
      stderr: "",
    });
  });

  it("takes a module that brings sockets of its own", async () => {
    const echo = start([`--backend=${SOCKETS}`, ECHO]);
    const [, port] = await echo.printed(/echo: port (\d+)/);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("hello");
    const [data] = (await once(socket, "data")) as [Buffer];
    expect(String(data)).to.equal("hello");
    echo.kill("SIGINT");
    await once(socket, "close");
    expect((await echo.ended).signal).to.equal("SIGINT");
  });

  it("refuses an unknown name, and tells the known ones", () =>
    expectMisuse(
      ["--backend", "epoll", daemon],
      'no backend is called "epoll"; there are: libuv, timer, clock',
    ));

  it("refuses a module that is not there", () =>
    expectMisuse(["--backend", "./nope.ts", daemon], "there is no backend module at ./nope.ts"));

  it("refuses a folder", () =>
    expectMisuse(
      ["--backend", "./src", daemon],
      "./src is not a file, so it is no backend module",
    ));

  for (const name of ["null.mjs", "function.mjs", "nameless.mjs", "closed.mjs"]) {
    it(`refuses ${name}, which is not a backend`, () =>
      expectMisuse(
        ["--backend", path(name), daemon],
        `the default export of ${path(name)} is not a backend`,
      ));
  }

  it("refuses a module that throws while it is loaded", async () => {
    const { status, stderr } = await reactor("--backend", path("throws.mjs"), daemon);
    expect(status).to.equal(2);
    expect(stderr).to.match(/^reactor: the backend module .* cannot be loaded: broken \(.*\)\nTry/);
  });

  it("fails with a backend that does not have what it claims", async () => {
    expect(await reactor("--backend", path("liar.mjs"), daemon)).to.deep.equal({
      status: 1,
      signal: null,
      stdout: "",
      stderr: 'reactor: backend "liar" claims the capability "tcp", but has no listenTCP()\n',
    });
  });

  it("fails with a backend that throws when it is opened, and says where", async () => {
    const { status, stderr } = await reactor("--backend", path("refuses.mjs"), daemon);
    expect(status).to.equal(1);
    expect(stderr).to.match(/^Error: not today\n +at Object\.open \(.*refuses\.mjs:3:/);
  });
});

describe("reactor: a daemon that its backend cannot run", () => {
  const lacks = (backend: string): string =>
    `listenTCP() needs the capability "tcp", which backend "${backend}" lacks; ` +
    "backends that have it: libuv, clock";

  it("is refused on timer", () => expectMisuse(["--backend", "timer", ECHO], lacks("timer")));

  it("is refused on a backend from a module", () =>
    expectMisuse(["--backend", TIMERS, ECHO], lacks("wrapped")));

  it("is refused for the lack of workers", () =>
    expectMisuse(
      ["--backend", SOCKETS, "test/fixtures/daemons/needs-threads.ts"],
      'startWorker() needs the capability "threads", which backend "sockets" lacks; ' +
        "backends that have it: libuv, clock",
    ));
});
