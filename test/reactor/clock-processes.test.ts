import { expect } from "chai";
import {
  createReactor,
  getProcessOutputAndValue,
  ProcessProtocol,
  type ProcessScript,
  type ProcessTransport,
  type Reactor,
} from "skein";
import { failureOf } from "../support/processes.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

type Clock = Reactor<"process" | "clock">;

async function on(
  processes: Record<string, ProcessScript>,
  body: (reactor: Clock) => Promise<void>,
): Promise<string[]> {
  const trace: string[] = [];
  const reactor = createReactor("clock", {
    processes,
    trace: ({ at, event }) => trace.push(`${at} ${event}`),
  });
  const stopped = reactor.run();
  await body(reactor);
  reactor.stop();
  await stopped;
  expect(reactor.inspect()).to.deep.equal([]);
  return trace;
}

describe("scripted processes", () => {
  it("that throw exit with 1, and the error on standard error", () =>
    on(
      {
        bad() {
          throw new RangeError("out of tea");
        },
      },
      async (reactor) => {
        const { errors, exitCode } = await getProcessOutputAndValue(reactor, "bad");
        expect([text(errors), exitCode]).to.deep.equal(["out of tea\n", 1]);
      },
    ));

  it("take virtual time only, and give equal traces", async () => {
    const run = (): Promise<string[]> =>
      on(
        {
          async slow(child) {
            for (let i = 0; i < 3; i++) {
              await child.sleep(3600);
              await child.write(`${i}\n`);
            }
          },
        },
        async (reactor) => {
          const { output } = await getProcessOutputAndValue(reactor, "slow");
          expect(text(output)).to.equal("0\n1\n2\n");
          expect(reactor.seconds()).to.equal(3 * 3600);
        },
      );
    const trace = await run();
    expect(trace.filter((line) => line.includes("process"))).to.have.length.greaterThan(4);
    expect(await run()).to.deep.equal(trace);
  });

  it("fail to start for the reason given", () =>
    on({ locked: "EACCES", many: "EAGAIN" }, async (reactor) => {
      const names: string[] = [];
      for (const command of ["locked", "many"]) {
        const error = await failureOf(reactor.spawnProcess(new ProcessProtocol(), command));
        names.push((error as Error).message);
      }
      expect(names).to.deep.equal([
        'cannot start "locked": it may not be executed',
        'cannot start "many": there are too many processes',
      ]);
    }));

  it("find out that nobody reads what they write", async () => {
    let code: unknown;
    await on(
      {
        async talker(child) {
          await child.sleep(1);
          code = await failureOf(child.write("anybody?"));
        },
      },
      async (reactor) => {
        const transport = await reactor.spawnProcess(new ProcessProtocol(), "talker");
        transport.closeStdout();
        await new Promise<void>((resolve) => reactor.callLater(2, resolve));
      },
    );
    expect((code as { code: string }).code).to.equal("EPIPE");
  });

  it("that are stopped do nothing until they go on", () =>
    on(
      {
        async clock(child) {
          await child.sleep(1);
          await child.write("tick");
        },
      },
      async (reactor) => {
        const heard: number[] = [];
        class Listening extends ProcessProtocol {
          override outReceived(): void {
            heard.push(reactor.seconds());
          }
        }
        const transport: ProcessTransport = await reactor.spawnProcess(new Listening(), "clock");
        transport.signalProcess("STOP");
        await new Promise<void>((resolve) => reactor.callLater(10, resolve));
        transport.signalProcess("CONT");
        await new Promise<void>((resolve) => reactor.callLater(1, resolve));
        expect(heard).to.deep.equal([10]);
      },
    ));
});
