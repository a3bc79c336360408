import { expect } from "chai";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deferred } from "skein/defer";
import { connectProtocol, TCPClientEndpoint } from "skein/endpoints";
import { Protocol } from "skein/protocols";
import { createReactor, type Reactor } from "skein/reactor";
import { ThreadPool, worker } from "skein/threads";
import { NotInWorkerError, workerReactor, type WorkerReactor } from "skein/threads/worker";
import { everyPoolTest, failure, poolTest } from "../support/pools.ts";

const reacting = worker<typeof import("../fixtures/workers/reacting.ts")>(
  new URL("../fixtures/workers/reacting.ts", import.meta.url),
);

class Once extends Protocol {
  readonly said: Deferred<string> = new Deferred<string>();
  override connectionMade(): void {
    this.transport.write("hello");
  }
  override dataReceived(bytes: Uint8Array): void {
    this.said.callback(Buffer.from(bytes).toString());
    this.transport.loseConnection();
  }
}

describe("the reactor of a worker", () => {
  everyPoolTest("serves TCP, when the call has ended too", { max: 1 }, async (world) => {
    const { reactor } = world;
    const port = await world.pool.call(reacting.serve);
    for (let i = 0; i < 2; i++) {
      const endpoint = new TCPClientEndpoint(reactor as WorkerReactor, "127.0.0.1", port);
      const once = await connectProtocol(endpoint, new Once());
      expect(await once.said).to.equal("hello");
    }
  });

  everyPoolTest("calls later", { max: 1 }, async ({ pool }) => {
    expect(await pool.call(reacting.waitFor, 0.02)).to.be.at.least(0.0199);
  });

  everyPoolTest("has a pool of its own", { max: 1 }, async ({ pool }) => {
    expect(await pool.call(reacting.nested, "/etc/hosts")).to.equal("hosts");
  });

  poolTest("is to be asked for before the first await", {}, async ({ pool }) => {
    expect(await failure(pool.call(reacting.askLate))).to.include({ code: "ERR_NOT_IN_WORKER" });
    expect(await failure(workerReactor())).to.be.instanceOf(NotInWorkerError);
  });

  it("is the pool's own in a simulated worker, on whose time it waits", async () => {
    const reactor = createReactor("clock");
    const pool = new ThreadPool(reactor);
    const waited: unknown[] = [];
    pool.call(reacting.waitFor, 3).addCallback((seconds) => {
      waited.push(seconds, reactor.seconds());
    });
    await reactor.advance(10);
    pool.stop();
    expect(waited).to.deep.equal([3, 3]);
  });

  for (const substrate of ["threads", "processes"] as const) {
    for (const [when, options] of [
      ["is idle for long", { idleSeconds: 0.01 }],
      ["is replaced", { callsPerWorker: 1 }],
      ["is idle when its pool stops", {}],
    ] as const) {
      it(`stops in good order when its worker ${when}, in ${substrate}`, async () => {
        const folder = mkdtempSync(join(tmpdir(), "skein-worker-reactor-"));
        const reactor: Reactor<"threads"> = createReactor("libuv");
        const stopped = reactor.run();
        const pool = new ThreadPool(reactor, { max: 1, substrate, ...options });
        try {
          const file = join(folder, "end");
          await pool.call(reacting.tellEnd, file);
          if (when === "is idle when its pool stops") pool.stop();
          while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
          expect(readFileSync(file, "utf8")).to.match(/^(stopped)?$/);
        } finally {
          pool.stop();
          reactor.stop();
          await stopped;
          rmSync(folder, { recursive: true });
        }
      });
    }
  }
});
