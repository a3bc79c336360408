import { expect } from "chai";
import { createReactor, type ScriptedProcess } from "skein/reactor";
import { type NotifyEnvironment, SystemdNotifier } from "../../src/cli/systemd-notifier.ts";

/** A notifier on virtual time, whose messages take `seconds` each. */
function notifier(environment: NotifyEnvironment, seconds = 0.01, exitCode = 0) {
  const told: string[] = [];
  const said: string[] = [];
  const reactor = createReactor("clock", {
    processes: {
      "systemd-notify": async (child: ScriptedProcess) => {
        told.push(`${reactor.seconds().toFixed(1)} ${child.args.join(" ")}`);
        await child.sleep(seconds);
        child.exit(exitCode);
      },
    },
  });
  const say = (what: string): void => void said.push(what);
  return {
    reactor,
    told,
    said,
    notifier: new SystemdNotifier(reactor, { pid: 7, environment, say }),
  };
}

describe("what systemd is told", () => {
  const watched = { NOTIFY_SOCKET: "@s", WATCHDOG_USEC: "30000000" };

  it("comes every half of the watchdog's time, until it stops", async () => {
    const { reactor, told, notifier: one } = notifier(watched);
    one.started();
    await reactor.advance(50);
    void one.stopping();
    await reactor.advance(100);
    expect(told).to.deep.equal([
      "0.0 READY=1 STATUS=running MAINPID=7",
      "15.0 WATCHDOG=1",
      "30.0 WATCHDOG=1",
      "45.0 WATCHDOG=1",
      "50.0 STOPPING=1 STATUS=stopping",
    ]);
  });

  it("keeps its order, and does not pile up behind a slow one", async () => {
    const { reactor, told, said, notifier: one } = notifier(watched, 100);
    one.started();
    one.restarting();
    one.started();
    await reactor.advance(25);
    // Each is given up after ten seconds.
    expect(told).to.deep.equal([
      "0.0 READY=1 STATUS=running MAINPID=7",
      "10.0 RELOADING=1 STATUS=restarting, one process after another",
      "20.0 READY=1 STATUS=running MAINPID=7",
    ]);
    await reactor.advance(40);
    expect(told.slice(3)).to.deep.equal(["30.0 WATCHDOG=1", "45.0 WATCHDOG=1", "60.0 WATCHDOG=1"]);
    expect(said).to.have.lengthOf(1);
  });

  it("is given up once where the program fails", async () => {
    const { reactor, said, notifier: one } = notifier({ NOTIFY_SOCKET: "@s" }, 0, 3);
    one.started();
    void one.stopping();
    await reactor.advance(1);
    expect(said).to.deep.equal([
      "systemd cannot be told how the daemon fares, by systemd-notify: " +
        "it has ended with status 3; install it, or have Type=exec in the unit",
    ]);
  });

  const cases: Record<string, [NotifyEnvironment, number | undefined]> = {
    "of this process": [{ WATCHDOG_USEC: "2000000", WATCHDOG_PID: "7" }, 1],
    "of another process": [{ WATCHDOG_USEC: "2000000", WATCHDOG_PID: "8" }, undefined],
    "that is none": [{}, undefined],
    "of no time": [{ WATCHDOG_USEC: "0" }, undefined],
    "that is no number": [{ WATCHDOG_USEC: "soon" }, undefined],
  };
  for (const [which, [environment, seconds]] of Object.entries(cases)) {
    it(`a watchdog ${which} is ${seconds === undefined ? "not " : ""}served`, () => {
      expect(notifier(environment).notifier.watchdogSeconds).to.equal(seconds);
    });
  }
});
