import { expect } from "chai";
import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { Deferred } from "skein/defer";
import { createReactor } from "skein/reactor";
import { deferLater, ExitError, react } from "skein/task";
import { LIFETIME_MS, observe, type Running } from "../support/command.ts";
import { raise } from "../support/outcomes.ts";
import { root } from "../support/read-sources.ts";

/** What react uses of Node's process, and a list of the signals that were sent. */
class FakeProcess extends EventEmitter {
  readonly pid = 42;
  exitCode: unknown = undefined;
  readonly sent: unknown[] = [];

  kill(pid: number, signal: string): void {
    this.sent.push([pid, signal]);
  }
}

describe("react with a process", () => {
  it("sets the exit code, and gives the signals back", async () => {
    for (const status of [0, 7]) {
      const process = new FakeProcess();
      const reactor = createReactor("clock");
      const main = (): Deferred<unknown> =>
        deferLater(reactor, 1, () => {
          expect(process.eventNames()).to.include.members(["SIGINT", "SIGTERM", "SIGBREAK"]);
          raise(new ExitError(status));
        });
      expect(await react(main, { reactor, process })).to.equal(status);
      expect(process.exitCode).to.equal(status);
      expect(process.eventNames()).to.deep.equal([]);
      expect(process.sent).to.deep.equal([]);
    }
  });

  it("stops at the first signal, and ends by it when main could be cancelled", async () => {
    const process = new FakeProcess();
    const reactor = createReactor("clock");
    let cancelled = 0;
    reactor.callLater(5, () => process.emit("SIGTERM", "SIGTERM"));
    const main = (): Deferred<void> => new Deferred<void>(() => void cancelled++);
    expect(await react(main, { reactor, process })).to.equal(0);
    expect(cancelled).to.equal(1);
    expect(process.sent).to.deep.equal([[42, "SIGTERM"]]);
    expect(reactor.seconds()).to.equal(5);
  });

  it("ends by its status when main fails after a signal", async () => {
    const process = new FakeProcess();
    const reactor = createReactor("clock");
    reactor.callLater(5, () => process.emit("SIGINT", "SIGINT"));
    const main = (): Deferred<void> =>
      new Deferred<void>((cancelled) => cancelled.errback(new ExitError(9)));
    expect(await react(main, { reactor, process })).to.equal(9);
    expect(process).to.include({ exitCode: 9 });
    expect(process.sent).to.deep.equal([]);
  });

  it("sends the second signal on at once", async () => {
    const process = new FakeProcess();
    const reactor = createReactor("clock");
    reactor.callLater(5, () => process.emit("SIGINT", "SIGINT"));
    reactor.callLater(6, () => {
      process.emit("SIGTERM", "SIGTERM");
      expect(process.sent).to.deep.equal([[42, "SIGTERM"]]);
      expect(process.eventNames()).to.deep.equal([]);
    });
    reactor.addSystemEventTrigger("before", "shutdown", () => deferLater(reactor, 10));
    await react(() => new Deferred<void>(), { reactor, process });
    expect(process.sent).to.include.deep.members([[42, "SIGTERM"]]);
  });

  describe("of its own", () => {
    /** Runs a program whose main function is this. */
    function program(main: string): Running {
      const text = `
        import { createReactor, Deferred, deferLater, ExitError, react } from "skein";
        await react(${main}, { reactor: createReactor("libuv"), process });`;
      const child = spawn(process.execPath, ["--input-type=module", "--eval", text], {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
        timeout: LIFETIME_MS,
        killSignal: "SIGKILL",
      });
      return observe(child);
    }

    it("ends with status 0 when main has ended", async () => {
      const { ended } = program(
        "(reactor) => deferLater(reactor, 0.01, () => console.log('done'))",
      );
      expect(await ended).to.deep.equal({ status: 0, signal: null, stdout: "done\n", stderr: "" });
    });

    it("ends with status 1, and the stack on standard error, when main has failed", async () => {
      const { status, stderr } = await program(
        "async function main() { throw new RangeError('planted'); }",
      ).ended;
      expect(status).to.equal(1);
      expect(stderr).to.match(/^Error while running main: RangeError: planted\n +at main /);
    });

    it("ends with the status of an ExitError", async () => {
      const { ended } = program("() => { throw new ExitError(3); }");
      expect(await ended).to.deep.equal({ status: 3, signal: null, stdout: "", stderr: "" });
    });

    it("ends by the signal that has stopped it, after main has tidied up", async () => {
      const running = program(`(reactor) => {
        reactor.callWhenRunning(() => console.log("ready"));
        return new Deferred(() => console.log("cancelled"));
      }`);
      await running.printed("ready");
      running.kill("SIGTERM");
      expect(await running.ended).to.deep.equal({
        status: null,
        signal: "SIGTERM",
        stdout: "ready\ncancelled\n",
        stderr: "",
      });
    });
  });
});
