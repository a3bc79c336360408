import { expect } from "chai";
import { importing, moduleFolder, preloaded, preloadedBuilt } from "./processes.ts";

const DAEMON = "test/fixtures/virtual/daemon.ts";
const reactors = `import { createReactor } from "${importing("skein/reactor")}";`;

describe("node --import skein/virtual", () => {
  const path = moduleFolder({
    "held.mjs": `${reactors}
      import { setTimeout as sleep } from "node:timers/promises";
      const say = (what) => console.log(what, performance.now(), new Date().toISOString());
      setTimeout(say, 3000, "long");
      setTimeout(say, 50, "short");
      setImmediate(say, "immediate");
      await sleep(1000);
      say("loaded");
      const reactor = createReactor("clock");
      reactor.callLater(1, () => say("reactor"));
      await reactor.run();
      say("over");
      setTimeout(say, 500, "afterwards");`,
    "nobody.mjs": `
      setTimeout(() => console.log("an hour later", Date.now()), 3600_000);
      setInterval(() => {}, 60_000).unref();`,
    "libuv.mjs": `${reactors}
      setTimeout(() => console.log("held, and real"), 5);
      const reactor = createReactor("libuv");
      reactor.callWhenRunning(() => {
        const real = new Date().getUTCFullYear() > 2020;
        setTimeout(() => {
          console.log("real", real, performance.now() > 0);
          reactor.stop();
        }, 20);
      });
      await reactor.run();`,
    "threads.mjs": `import { createReactor } from "${importing("reactor/index.js", "dist")}";
      import { deferToThread, worker } from "${importing("threads/index.js", "dist")}";
      const { nap } = worker(new URL("./nap.mjs", import.meta.url));
      const reactor = createReactor("libuv");
      const ran = reactor.run();
      console.log(await deferToThread(reactor, nap));
      reactor.stop();
      await ran;`,
    "nap.mjs": `export const nap = () => new Promise((wake) => setTimeout(wake, 5, "slept"));`,
    "loader.mjs": `${reactors}
      import { tidyUp } from "./node_modules/tsx/tidy-up.mjs";
      const trace = [];
      const reactor = createReactor("clock", { trace: ({ event }) => trace.push(event) });
      const tidied = tidyUp();
      const ran = reactor.run();
      setTimeout(() => {}, 5);
      await ran;
      await tidied;
      console.log(trace.filter((event) => event.startsWith("set")));`,
    "node_modules/tsx/tidy-up.mjs": `export const tidyUp = () =>
      Promise.all([setImmediate, setTimeout].map((start) => new Promise((done) => start(done))));`,
    "twice.mjs": `${reactors}
      for (const name of ["first", "second"]) {
        const reactor = createReactor("clock", { seed: 7 });
        const ran = reactor.run();
        const chance = Math.random();
        const same = chance === globalThis.before;
        setTimeout(() => console.log(name, Date.now() - Date.UTC(2000), same), 250);
        globalThis.before = chance;
        await ran;
      }`,
    "leaks.mjs": `${reactors}
      import { readFile } from "node:fs";
      const reactor = createReactor("clock");
      reactor.callWhenRunning(() => readFile(process.execPath, () => console.log("read")));
      reactor.run().addErrback(() => console.log("failed, and nobody minds"));`,
    "imports.mjs": `import { createReactor } from "${importing("reactor/index.js", "dist")}";
      const reactor = createReactor("clock");
      const ran = reactor.run();
      const { default: text } = await import("./imported.mjs");
      setTimeout(() => console.log(text, reactor.seconds()), 100);
      await ran;`,
    "imported.mjs": `export default "imported";`,
    "options.mjs": `console.log(new Date().toISOString(), Math.random());`,
  });
  const run = async (name: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const { status, stdout, stderr } = await preloaded([path(name)], env);
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    return stdout;
  };

  it("holds timers that are started before there is a reactor, and hands them to it", async () => {
    expect((await run("held.mjs")).split("\n")).to.deep.equal([
      "immediate 0 2000-01-01T00:00:00.000Z",
      "short 50 2000-01-01T00:00:00.050Z",
      "loaded 1000 2000-01-01T00:00:01.000Z",
      "reactor 2000 2000-01-01T00:00:02.000Z",
      "long 3000 2000-01-01T00:00:03.000Z",
      "over 3000 2000-01-01T00:00:03.000Z",
      "afterwards 3500 2000-01-01T00:00:03.500Z",
      "",
    ]);
  });

  it("needs no reactor: time moves on when nothing else is left to do", async () => {
    expect(await run("nobody.mjs")).to.equal(`an hour later ${Date.UTC(2000, 0, 1, 1)}\n`);
  });

  it("leaves a reactor on libuv to the real world", async () => {
    expect(await run("libuv.mjs")).to.equal("held, and real\nreal true true\n");
  });

  it("leaves threads to the real world", async () => {
    const { status, stdout, stderr } = await preloadedBuilt([path("threads.mjs")]);
    expect({ status, stdout, stderr }).to.deep.equal({ status: 0, stdout: "slept\n", stderr: "" });
  });

  it("leaves timers of what loads programs to the real world, and so out of traces", async () => {
    expect(await run("loader.mjs")).to.equal("[ 'setTimeout' ]\n");
  });

  it("follows one reactor after another, and time goes on", async () => {
    expect(await run("twice.mjs")).to.equal("first 250 false\nsecond 500 true\n");
  });

  it("ends with status 1 for a leak, even if somebody has caught the error", async () => {
    const { status, stdout, stderr } = await preloaded([path("leaks.mjs")]);
    expect({ status, stdout, stderr }).to.deep.equal({
      status: 1,
      stdout: "read\nfailed, and nobody minds\n",
      stderr: "",
    });
  });

  it("allows what SKEIN_VIRTUAL_ALLOW says", async () => {
    expect(await run("leaks.mjs", { SKEIN_VIRTUAL_ALLOW: "zlib,fs" })).to.equal("read\n");
    const { status, stderr } = await preloaded([path("leaks.mjs")], {
      SKEIN_VIRTUAL_ALLOW: "files",
    });
    expect(status).to.equal(1);
    expect(stderr).to.include(
      'there is no kind of leak "files" to allow; there are: child_process,',
    );
  });

  it("takes an epoch and a seed from the environment", async () => {
    const at = { SKEIN_VIRTUAL_EPOCH: "2026-03-04T05:06:07Z" };
    const [first, second, other] = [
      await run("options.mjs", { ...at, SKEIN_VIRTUAL_SEED: "a" }),
      await run("options.mjs", { ...at, SKEIN_VIRTUAL_SEED: "a" }),
      await run("options.mjs", { ...at, SKEIN_VIRTUAL_SEED: "b" }),
    ];
    expect(first).to.match(/^2026-03-04T05:06:07\.000Z 0\.\d+\n$/);
    expect(second).to.equal(first);
    expect(other).not.to.equal(first);
  });

  it("lets a program import modules while time is virtual", async () => {
    const { status, stdout, stderr } = await preloadedBuilt([path("imports.mjs")]);
    expect({ status, stdout, stderr }).to.deep.equal({
      status: 0,
      stdout: "imported 0.1\n",
      stderr: "",
    });
  });

  it("has undici, ws, ioredis and pg leave the same trace in every process", async () => {
    const [first, second, other] = await Promise.all(
      ["1", "1", "2"].map((seed) => preloaded([DAEMON, seed])),
    );
    expect(first?.status, first?.stderr).to.equal(0);
    expect(first?.stdout).to.match(/SELECT 2.* beats.*"hash":"[0-9a-f]{64}"/);
    expect(second?.stdout).to.equal(first?.stdout);
    const hashOf = (text = ""): unknown => (JSON.parse(text) as { hash: unknown }).hash;
    expect(hashOf(other?.stdout)).not.to.equal(hashOf(first?.stdout));
  });
});
