import { expect } from "chai";
import fc from "fast-check";
import { ClientFactory, Factory, LineReceiver } from "skein/protocols";
import { addGauges } from "skein/reactor";
import { processStatistics } from "../../../src/application/process-statistics.ts";
import { watchControl } from "../../../src/cli/control/control-client.ts";
import { serveControl, WATCHERS_MAX } from "../../../src/cli/control/control-server.ts";
import { readSnapshot } from "../../../src/cli/control/read-snapshot.ts";
import type { Snapshot } from "../../../src/cli/control/snapshot.ts";
import { screenOf } from "../../../src/cli/top/screen.ts";
import { viewOf } from "../../../src/cli/top/view.ts";
import { succeed } from "skein/defer";
import { fuzz } from "../../support/fuzz.ts";
import { onClock, type OnClock } from "../../support/on-clock.ts";

const PATH = "/run/daemon.sock";

/** A daemon's control socket, and how often it has looked. */
async function serve(reactor: OnClock): Promise<{ looked: number }> {
  const counts = { looked: 0 };
  await serveControl(reactor, PATH, () => {
    counts.looked++;
    return succeed([{ id: 1, pid: 7, ready: true, statistics: processStatistics(reactor) }]);
  });
  return counts;
}

class Asker extends LineReceiver {
  override delimiter = "\n";
  override maxLength = 1 << 20;
  readonly lines: string[] = [];
  over = false;
  override lineReceived(line: string): void {
    this.lines.push(line);
  }
  override connectionLost(): void {
    this.over = true;
  }
}

async function ask(reactor: OnClock, pass: (s: number) => PromiseLike<void>): Promise<Asker> {
  const asker = new Asker();
  reactor.connectUNIX(
    PATH,
    ClientFactory.from(() => asker),
  );
  await pass(0.01);
  return asker;
}

describe("the control socket of a daemon", () => {
  it("tells who watches how it fares, at once and then as often as was asked for", () =>
    onClock(async ({ reactor, pass }) => {
      const counts = await serve(reactor);
      addGauges(reactor, "chat", () => ({ people: 3 }));
      const seen: Snapshot[] = [];
      const stop = watchControl(reactor, PATH, 2, {
        snapshot: (snapshot) => seen.push(snapshot),
        ended: (why) => expect.fail(why),
      });
      await pass(5);
      stop();
      await pass(100);
      expect(counts.looked).to.equal(3);
      const [first] = seen.map(({ processes }) => processes[0]?.statistics);
      expect(first?.gauges).to.deep.equal({ chat: { people: 3 } });
      expect(first?.open).to.include({ port: 1, connection: 2 });
      expect(seen.map(({ processes }) => processes[0]?.statistics?.loopDelay)).to.deep.equal(
        seen.map(() => ({ meanSeconds: 0, maxSeconds: 0 })),
      );
    }));

  it("does nothing while nobody watches", () =>
    onClock(async ({ reactor, pass }) => {
      const counts = await serve(reactor);
      await pass(1000);
      expect(counts.looked).to.equal(0);
      expect(reactor.getDelayedCalls()).to.have.lengthOf(0);
    }));

  for (const [what, line] of Object.entries({
    "is no JSON": "tea",
    "asks for nothing": "{}",
    "is null": "null",
    "asks too often": '{"every": 0.01}',
    "asks too rarely": '{"every": 1e9}',
    "asks for no number": '{"every": "1"}',
  })) {
    it(`refuses a line that ${what}`, () =>
      onClock(async ({ reactor, pass }) => {
        const counts = await serve(reactor);
        const asker = await ask(reactor, pass);
        asker.sendLine(line);
        await pass(1);
        expect(asker.lines).to.deep.equal([
          '{"error":"ask by {\\"every\\": SECONDS}, from 0.1 to 3600"}',
        ]);
        expect(asker.over).to.equal(true);
        expect(counts.looked).to.equal(0);
      }));
  }

  it("refuses a second request, a line without an end, and who asks for nothing", () =>
    onClock(async ({ reactor, pass }) => {
      await serve(reactor);
      const [twice, long, silent] = [
        await ask(reactor, pass),
        await ask(reactor, pass),
        await ask(reactor, pass),
      ] as const;
      for (let times = 0; times < 2; times++) twice.sendLine('{"every": 1}');
      long.transport.write("x".repeat(2000));
      await pass(1);
      expect(twice.lines.at(-1)).to.equal('{"error":"it was asked for already"}');
      expect(long.lines).to.deep.equal(['{"error":"a request has at most 1024 bytes"}']);
      expect(silent.over).to.equal(false);
      await pass(10);
      expect(silent.lines).to.deep.equal(['{"error":"nothing was asked for in 10 s"}']);
    }));

  it("has a limit to those who watch", () =>
    onClock(async ({ reactor, pass }) => {
      await serve(reactor);
      const askers: Asker[] = [];
      for (let i = 0; i <= WATCHERS_MAX; i++) askers.push(await ask(reactor, pass));
      await pass(1);
      expect(askers.filter(({ over }) => over)).to.have.lengthOf(1);
      expect(askers.at(-1)?.lines).to.deep.equal(['{"error":"16 watch already"}']);
      askers[0]?.transport.loseConnection();
      await pass(1);
      expect((await ask(reactor, pass)).over).to.equal(false);
    }));

  it("cuts off who does not read, and does not gather for it meanwhile", () =>
    onClock(
      async ({ reactor, pass }) => {
        const counts = await serve(reactor);
        const asker = await ask(reactor, pass);
        asker.sendLine('{"every": 0.1}');
        asker.transport.pauseProducing();
        await pass(60);
        const { looked } = counts;
        expect(reactor.inspect().filter(({ kind }) => kind === "connection")).to.have.lengthOf(1);
        await pass(60);
        expect(counts.looked).to.equal(looked);
        asker.transport.abortConnection();
      },
      { receiveBufferBytes: 2000, sendBufferBytes: 2000 },
    ));

  it("says why it is not what was expected", () =>
    onClock(async ({ reactor, pass }) => {
      const why: string[] = [];
      const watching = { snapshot: () => {}, ended: (text: string) => void why.push(text) };
      watchControl(reactor, "/run/none.sock", 1, watching);
      await pass(1);
      expect(why[0]).to.match(/^nobody listens on \/run\/none.sock/);
    }));

  it("may be somebody else's, who says anything: that ends the watching, in plain words", () =>
    onClock(async ({ reactor, pass }) => {
      const report = { id: 1, pid: 7, ready: true, statistics: processStatistics(reactor) };
      const { statistics } = report;
      const lines: unknown[] = [
        { error: "\u001b[2J" },
        { processes: [null] },
        { processes: [{}] },
        { processes: [{ ...report, id: "\u001b[2J" }] },
        { processes: [{ ...report, statistics: {} }] },
        { processes: [{ ...report, statistics: { ...statistics, open: null } }] },
        { processes: [{ ...report, statistics: { ...statistics, gauges: { a: { b: "c" } } } }] },
        { processes: [{ ...report, statistics: { ...statistics, upSeconds: "1" } }] },
      ];
      const why: string[] = [];
      for (const [i, line] of lines.entries()) {
        class Liar extends LineReceiver {
          override delimiter = "\n";
          override lineReceived(): void {
            this.sendLine(JSON.stringify(line));
          }
        }
        await reactor.listenUNIX(`/run/liar${i}`, Factory.forProtocol(Liar));
        watchControl(reactor, `/run/liar${i}`, 1, {
          snapshot: () => why.push("a snapshot"),
          ended: (text) => why.push(text),
        });
        await pass(1);
      }
      expect(why.shift()).to.equal("it refuses: \\u001b[2J");
      expect(why).to.have.lengthOf(lines.length - 1);
      expect(new Set(why)).to.deep.equal(
        new Set(["what listens there is no daemon's control socket"]),
      );
    }));

  fuzz(
    "says what can be shown, or nothing, whatever the line",
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (a, b, c) => {
      const statistics = { upSeconds: 1, cpuSeconds: 1, residentBytes: 1, heapBytes: 1, open: a };
      const traffic = { bytesReceived: 1, bytesSent: 1, loopDelay: b, gauges: { c } };
      const report = { id: 1, ready: true, statistics: { ...statistics, ...traffic } };
      for (const line of [a, { processes: a }, { processes: [a] }, { processes: [report] }]) {
        const said = readSnapshot(JSON.stringify(line));
        if (said === undefined || "error" in said) continue;
        const lines = screenOf("", viewOf(said, said)).join("");
        expect(lines).not.to.match(/[\p{Cc}\p{Bidi_Control}]/u);
      }
    }),
  );
});
