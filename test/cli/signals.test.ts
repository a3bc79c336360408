import { expect } from "chai";
import { moduleFolder, start } from "../support/command.ts";

describe("reactor: signals", () => {
  const path = moduleFolder({
    // What is awaited takes some turns of the reactor, so that nobody ends it before.
    "graceful.mjs": `export default (reactor) => {
      reactor.addSystemEventTrigger("before", "shutdown", () => {
        console.log("closing");
        return new Promise((resolve) => reactor.callLater(0.02, resolve)).then(() => {
          console.log("closed");
        });
      });
      reactor.addSystemEventTrigger("after", "shutdown", () => console.log("over"));
      reactor.callWhenRunning(() => console.log("ready"));
    };`,
    "hangs.mjs": `export default (reactor) => {
      reactor.addSystemEventTrigger("before", "shutdown", () => {
        console.log("closing");
        return new Promise(() => {});
      });
      reactor.addSystemEventTrigger("after", "shutdown", () => console.log("over"));
      reactor.callWhenRunning(() => console.log("ready"));
    };`,
    "busy.mjs": `export default (reactor) => {
      const again = () => reactor.callLater(1, again);
      again();
      reactor.addSystemEventTrigger("after", "shutdown", () => console.log("over"));
      reactor.callWhenRunning(() => console.log("ready"));
    };`,
    "slow-start.mjs": `export default (reactor) => {
      console.log("ready");
      return new Promise(() => {});
    };`,
    "loading.mjs": `console.log("ready");
      setInterval(() => {}, 1000);
      await new Promise(() => {});`,
  });
  const notice = (signal: string): string =>
    `reactor: ${signal}: stopping; once more to stop at once\n`;

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`${signal} stops gracefully, and is what ends the process`, async () => {
      const daemon = start([path("graceful.mjs")]);
      await daemon.printed("ready");
      daemon.kill(signal);
      expect(await daemon.ended).to.deep.equal({
        status: null,
        signal,
        stdout: "ready\nclosing\nclosed\nover\n",
        stderr: notice(signal),
      });
    });
  }

  for (const [first, second] of [
    ["SIGINT", "SIGINT"],
    ["SIGINT", "SIGTERM"],
  ] as const) {
    it(`${second} after ${first} ends at once, though the shutdown hangs`, async () => {
      const daemon = start([path("hangs.mjs")]);
      await daemon.printed("ready");
      daemon.kill(first);
      await daemon.printed("closing");
      daemon.kill(second);
      expect(await daemon.ended).to.deep.equal({
        status: null,
        signal: second,
        stdout: "ready\nclosing\n",
        stderr: notice(first),
      });
    });
  }

  it("SIGINT stops a busy virtual clock", async () => {
    const daemon = start(["--backend", "clock", path("busy.mjs")]);
    await daemon.printed("ready");
    daemon.kill("SIGINT");
    expect(await daemon.ended).to.deep.equal({
      status: null,
      signal: "SIGINT",
      stdout: "ready\nover\n",
      stderr: notice("SIGINT"),
    });
  });

  it("SIGINT stops a daemon whose start takes for ever", async () => {
    const daemon = start([path("slow-start.mjs")]);
    await daemon.printed("ready");
    daemon.kill("SIGINT");
    expect((await daemon.ended).signal).to.equal("SIGINT");
  });

  it("SIGINT ends a daemon whose module is not even loaded", async () => {
    const daemon = start([path("loading.mjs")]);
    await daemon.printed("ready");
    daemon.kill("SIGINT");
    expect((await daemon.ended).signal).to.equal("SIGINT");
  });
});
