import { expect } from "chai";
import { type Display, showJob } from "../../examples/progress/job.ts";
import { TerminalDisplay } from "../../examples/progress/terminal-display.ts";
import { createReactor } from "skein/reactor";
import { ThreadPool } from "skein/threads";
import { runExample } from "../support/run-example.ts";

const QUICK = { steps: 4, pauseSeconds: 0.01 };

describe("progress, in a terminal", () => {
  it("is a bar that is drawn anew in its place", async () => {
    const drawn = await runExample("clock", (reactor, write) => {
      const pool = new ThreadPool(reactor);
      const terminal = new TerminalDisplay({ isTTY: true, columns: 16, write });
      return showJob(pool, QUICK, terminal).addCallback(() => pool.stop());
    });
    expect(drawn).to.deep.equal([
      "\r[##......] 25 %\x1b[K",
      "\r[####....] 50 %\x1b[K",
      "\r[######..] 75 %\x1b[K",
      "\r[########] 100 %\x1b[K",
      "\ndone: 550 primes\n",
    ]);
  });

  it("is a line for each tenth where there is no terminal", async () => {
    const drawn = await runExample("clock", (reactor, write) => {
      const pool = new ThreadPool(reactor);
      const options = { steps: 100, pauseSeconds: 60 };
      return showJob(pool, options, new TerminalDisplay({ write })).addCallback(() => pool.stop());
    });
    const tenths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `${n * 10} %\n`);
    expect(drawn).to.deep.equal([...tenths, "done: 9592 primes\n"]);
  });

  it("has a bar in the narrowest of terminals", () => {
    const drawn: string[] = [];
    const write = (text: string): unknown => drawn.push(text);
    new TerminalDisplay({ isTTY: true, columns: 2, write }).show({ done: 1, total: 1 });
    expect(drawn).to.deep.equal(["\r[#] 100 %\x1b[K"]);
  });
});

describe("progress of work in a worker", () => {
  for (const [backend, substrate] of [
    ["clock", "threads"],
    ["libuv", "threads"],
    ["libuv", "processes"],
  ] as const) {
    it(`is told of each step, on ${backend}, in ${substrate}`, async () => {
      const told = await runExample(backend, (reactor, write) => {
        const pool = new ThreadPool(reactor, { substrate });
        const display: Display = {
          show: ({ done, total }) => write(`${done}/${total}`),
          end: write,
        };
        return showJob(pool, QUICK, display).addCallback(() => pool.stop());
      });
      expect(told).to.deep.equal(["1/4", "2/4", "3/4", "4/4", "done: 550 primes"]);
    });

    it(`is cancelled, and its worker kept, on ${backend}, in ${substrate}`, async () => {
      const told = await runExample(backend, async (reactor, write) => {
        const pool = new ThreadPool(reactor, { substrate });
        const display: Display = {
          show({ done }) {
            write(`${done}`);
            if (done === 2) job.cancel();
          },
          end: write,
        };
        const job = showJob(pool, { steps: 1e9, pauseSeconds: 0.01 }, display);
        await job;
        await pool.drain(60);
        expect(pool.statistics()).to.include({ lost: 0, finished: 1, working: 0 });
      });
      expect(told).to.deep.equal(["1", "2", "stopped"]);
    });
  }

  it("tells what has failed", async () => {
    const workers = (): { crash: string } => ({ crash: "no memory" });
    const reactor = createReactor("clock", { workers });
    const pool = new ThreadPool(reactor);
    const told: string[] = [];
    const display: Display = { show: () => {}, end: (outcome) => told.push(outcome) };
    showJob(pool, QUICK, display);
    await reactor.advance(0);
    pool.stop();
    expect(told).to.deep.equal(["failed: WorkerDiedError: no memory"]);
  });
});
