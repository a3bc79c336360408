import { expect } from "chai";
import {
  BadOptionError,
  CancelledError,
  CommandNotFoundError,
  createReactor,
  getProcessOutput,
  getProcessOutputAndValue,
  getProcessValue,
  ProcessOutputError,
  type ProcessScript,
  ProcessTerminatedError,
  type Reactor,
} from "skein";
import { failureOf, onLibuv } from "../support/processes.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const shell = (command: string): { args: string[] } => ({ args: ["-c", command] });

/** Both worlds: on the clock, `sh` is this script, which knows what the tests ask of it. */
const sh: ProcessScript = async (child) => {
  const [, command = ""] = child.args;
  if (command === "cat") for await (const data of child.stdin) await child.write(data);
  else if (command === "echo out; echo err >&2; exit 3") {
    await child.write("out\n");
    await child.write("err\n", 2);
    child.exit(3);
  } else if (command === "exec sleep 60") await child.sleep(60);
  else if (command === "head -c 100000 /dev/zero") await child.write(new Uint8Array(100_000));
};

async function onClock(body: (reactor: Reactor<"process">) => Promise<void>): Promise<void> {
  const reactor = createReactor("clock", { processes: { sh } });
  const stopped = reactor.run();
  await new Promise<void>((resolve) => reactor.callWhenRunning(resolve));
  await body(reactor);
  if (reactor.running) reactor.stop();
  await stopped;
  expect(reactor.inspect()).to.deep.equal([]);
}

for (const [backend, on] of Object.entries({ libuv: onLibuv, clock: onClock })) {
  describe(`commands run for their output, on ${backend}`, () => {
    it("getProcessOutput gives all of the output, for the input given", () =>
      on(async (reactor) => {
        const input = "x".repeat(1_000_000);
        const output = await getProcessOutput(reactor, "sh", { ...shell("cat"), input });
        expect(text(output) === input).to.equal(true);
      }));

    it("getProcessOutput fails when something comes on standard error", () =>
      on(async (reactor) => {
        const command = shell("echo out; echo err >&2; exit 3");
        const error = await failureOf(getProcessOutput(reactor, "sh", command));
        expect(error).to.be.instanceOf(ProcessOutputError);
        expect((error as ProcessOutputError).message).to.include("err");
        expect(text((error as ProcessOutputError).errors)).to.equal("err\n");
      }));

    it("getProcessOutput takes standard error for output with errortoo", () =>
      on(async (reactor) => {
        const command = shell("echo out; echo err >&2; exit 3");
        const output = await getProcessOutput(reactor, "sh", { ...command, errortoo: true });
        expect(text(output).split("\n")).to.have.members(["out", "err", ""]);
      }));

    it("getProcessValue gives the exit code", () =>
      on(async (reactor) => {
        const command = shell("echo out; echo err >&2; exit 3");
        expect(await getProcessValue(reactor, "sh", command)).to.equal(3);
      }));

    it("getProcessOutputAndValue gives both outputs and the exit code", () =>
      on(async (reactor) => {
        const command = shell("echo out; echo err >&2; exit 3");
        const result = await getProcessOutputAndValue(reactor, "sh", command);
        expect(text(result.output)).to.equal("out\n");
        expect(text(result.errors)).to.equal("err\n");
        expect([result.exitCode, result.signal]).to.deep.equal([3, undefined]);
      }));

    it("more output than wanted is a failure, with the command ended", () =>
      on(async (reactor) => {
        const options = { ...shell("head -c 100000 /dev/zero"), maxOutputBytes: 10_000 };
        const error = await failureOf(getProcessOutput(reactor, "sh", options));
        expect(error).to.be.instanceOf(ProcessOutputError);
        expect((error as Error).message).to.include("10000");
        expect(() => getProcessOutput(reactor, "sh", { maxOutputBytes: -1 })).to.throw(
          BadOptionError,
        );
      }));

    it("a command that is not there is CommandNotFoundError", () =>
      on(async (reactor) => {
        for (const get of [getProcessOutput, getProcessValue, getProcessOutputAndValue]) {
          const error = await failureOf(get(reactor, "skein-no-such-command"));
          expect(error).to.be.instanceOf(CommandNotFoundError);
        }
      }));

    it("one with its arguments in its name is told where they belong", () =>
      on(async (reactor) => {
        const error = await failureOf(getProcessOutput(reactor, "skein-no-such-command -l"));
        expect(String(error)).to.match(/there is no such command; its arguments belong into args$/);
      }));

    it("cancelling ends the command", () =>
      on(async (reactor) => {
        const output = getProcessOutput(reactor, "sh", shell("exec sleep 60"));
        await waitFor(reactor, () => pidOf(reactor) !== undefined);
        output.cancel();
        expect(await failureOf(output)).to.be.instanceOf(CancelledError);
        await waitFor(reactor, () => reactor.inspect().every(({ kind }) => kind !== "process"));
      }));

    it("cancelling before it was started is no less of an end", () =>
      on(async (reactor) => {
        const value = getProcessValue(reactor, "sh", shell("exec sleep 60"));
        value.cancel();
        expect(await failureOf(value)).to.be.instanceOf(CancelledError);
        await waitFor(reactor, () => reactor.inspect().every(({ kind }) => kind !== "process"));
      }));

    it("getProcessValue fails when a signal has ended the command", () =>
      on(async (reactor) => {
        const value = getProcessValue(reactor, "sh", shell("exec sleep 60"));
        const failure = failureOf(value);
        await waitFor(reactor, () => pidOf(reactor) !== undefined);
        reactor.stop(); // it ends the children
        const error = await failure;
        expect(error).to.be.instanceOf(ProcessTerminatedError);
        expect((error as ProcessTerminatedError).signal).to.equal("SIGTERM");
      }));
  });
}

function pidOf(reactor: Reactor): string | undefined {
  return reactor
    .inspect()
    .map(({ description }) => /^sh, pid (\d+)$/.exec(description)?.[1])
    .find((pid) => pid !== undefined);
}

/** Waits in the reactor's time. */
function waitFor(reactor: Reactor, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (condition()) resolve();
      else reactor.callLater(0.01, look);
    };
    look();
  });
}
