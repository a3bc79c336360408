import { expect } from "chai";
import { spawn } from "node:child_process";
import { join } from "node:path";
import progress from "../../examples/progress/progress.ts";
import { createReactor, type Reactor } from "skein/reactor";
import { connectWebSocket } from "skein/websocket";
import { ChromiumPage } from "../browser/chromium-page.ts";
import { hasChromium } from "../browser/chromium.ts";
import { LIFETIME_MS, observe } from "../support/command.ts";
import { FROM_SOURCE } from "../support/from-source.ts";
import { onClock } from "../support/on-clock.ts";
import { quietly } from "../support/quietly.ts";
import { root } from "../support/read-sources.ts";

const HOST = "127.0.0.1";

/** The daemon on real sockets, for as long as `body` takes; nothing is left behind. */
async function served(
  options: Parameters<typeof progress>[1],
  body: (url: string, reactor: Reactor<"threads">) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const reactor = createReactor("libuv", { onError: (error) => errors.push(error) });
  const stopped = reactor.run();
  try {
    const port = await quietly(async () => progress(reactor, { port: 0, ...options }));
    await body(`http://${HOST}:${port?.getHost().port}/`, reactor);
  } finally {
    reactor.stop();
    await stopped;
  }
  expect(reactor.inspect()).to.deep.equal([]);
  expect(errors).to.deep.equal([]);
}

/** What the workers of a reactor do. */
function workers(reactor: Reactor<"threads">): string[] {
  const all = reactor.inspect().filter(({ kind }) => kind === "worker");
  return all.map(({ description }) => description.replace(/ of .*/, ""));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("progress, on a page", () => {
  it("is told of each step, in virtual time", async () => {
    await onClock(async ({ reactor }) => {
      await quietly(async () => progress(reactor, { port: 80, steps: 50, pauseSeconds: 60 }));
      const page = await connectWebSocket(reactor, `ws://${HOST}/progress`);
      const told: unknown[] = [];
      for await (const message of page) told.push(JSON.parse(message as string));
      expect(told).to.have.length(51);
      expect(told[0]).to.deep.equal({ done: 1, total: 50 });
      expect(told[49]).to.deep.equal({ done: 50, total: 50 });
      expect(told[50]).to.deep.equal({ outcome: "done: 5133 primes" });
      expect(reactor.seconds()).to.equal(50 * 60);
    });
  });

  it("stops its work when it is closed, and leaves others alone", async () => {
    await onClock(async ({ reactor, pass }) => {
      await quietly(async () => progress(reactor, { port: 80, steps: 10, pauseSeconds: 1 }));
      const [first, second] = [
        await connectWebSocket(reactor, `ws://${HOST}/progress`),
        await connectWebSocket(reactor, `ws://${HOST}/progress`),
      ];
      await pass(2.5);
      expect(workers(reactor)).to.deep.equal(["in countPrimes()", "in countPrimes()"]);
      first.close();
      await pass(1.5);
      expect(workers(reactor)).to.deep.equal(["idle", "in countPrimes()"]);
      let last = "";
      for await (const message of second) last = message as string;
      expect(JSON.parse(last)).to.deep.equal({ outcome: "done: 1229 primes" });
    });
  });

  for (const substrate of ["threads", "processes"] as const) {
    it(`shows what is told, and closing it ends that, in ${substrate}`, async function () {
      if (!hasChromium) {
        if (process.env["CI"] !== undefined) throw new Error("chromium is not installed");
        console.log("chromium is not installed (Debian: chromium): no page is looked at");
        this.skip();
      }
      this.timeout(60_000);
      await served({ substrate, steps: 10, pauseSeconds: 0.02 }, async (url) => {
        const page = await ChromiumPage.open(url);
        try {
          expect(await page.says(/done/)).to.match(/^Counting primes\s+done: 1229 primes$/);
        } finally {
          await page.end();
        }
      });
      await served({ substrate, steps: 1e9, pauseSeconds: 0.02 }, async (url, reactor) => {
        const page = await ChromiumPage.open(url);
        try {
          expect(await page.says(/[5-9] of 1000000000/)).to.include("Counting primes");
          expect(workers(reactor)).to.deep.equal(["in countPrimes()"]);
          await page.closeTab();
          await until(() => workers(reactor).every((doing) => doing === "idle"));
          expect(workers(reactor)).to.deep.equal(["idle"]);
        } finally {
          await page.end();
        }
      });
    });
  }

  it("says when the server goes, and the work is stopped", async function () {
    if (!hasChromium) this.skip();
    this.timeout(60_000);
    let page: ChromiumPage | undefined;
    try {
      await served({ steps: 1e9, pauseSeconds: 0.02 }, async (url) => {
        page = await ChromiumPage.open(url);
        await page.says(/\d+ of/);
      });
      expect(await page?.says(/gone/)).to.include("the server is gone");
    } finally {
      await page?.end();
    }
  });
});

describe("the daemon of progress, in a terminal", () => {
  const start = (...args: readonly string[]): ReturnType<typeof observe> => {
    const main = join(root, "src", "cli", "main.ts");
    const daemon = join(root, "examples", "progress", "progress.ts");
    const child = spawn(process.execPath, [...FROM_SOURCE, main, daemon, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LIFETIME_MS,
      killSignal: "SIGKILL",
    });
    return observe(child);
  };

  it("ends with its work", async () => {
    const { status, stdout, stderr } = await start("--steps", "4", "--pause-seconds", "0").ended;
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(stdout).to.equal("25 %\n50 %\n75 %\n100 %\ndone: 550 primes\n");
  });

  for (const substrate of ["threads", "processes"] as const) {
    it(`is stopped by ^C, with its worker, in ${substrate}`, async () => {
      const running = start("--steps", "100", "--substrate", substrate);
      await running.printed("10 %");
      running.kill("SIGINT");
      const { signal, stdout, stderr } = await running.ended;
      expect(signal).to.equal("SIGINT");
      expect(stdout).to.match(/%\nstopped\n$/);
      expect(stderr).to.equal("reactor: SIGINT: stopping; once more to stop at once\n");
    });
  }

  it("refuses workers that are neither", async () => {
    const { status, stderr } = await start("--substrate", "fibres").ended;
    expect(status).to.equal(2);
    expect(stderr).to.include("threads or processes");
  });
});
