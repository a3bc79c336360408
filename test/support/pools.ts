/** Pools of workers for tests, on each backend that has workers. */
import { createReactor, type Reactor } from "skein/reactor";
import { LoopingCall } from "skein/task";
import { ThreadPool, type ThreadPoolOptions, worker } from "skein/threads";

export type ThreadsBackend = "libuv" | "clock";

export const tasks = worker<typeof import("../fixtures/workers/tasks.ts")>(
  new URL("../fixtures/workers/tasks.ts", import.meta.url),
);

export interface World {
  readonly backend: ThreadsBackend;
  readonly reactor: Reactor<"threads">;
  readonly pool: ThreadPool;
}

interface PoolTestOptions extends ThreadPoolOptions {
  /** The only backend that can run the test, and why the other cannot. */
  readonly only?: readonly [backend: ThreadsBackend, why: string];
}

/** One test on each backend, with a pool on a reactor that runs. */
export function poolTest(
  title: string,
  { only, ...options }: PoolTestOptions,
  body: (world: World) => Promise<void>,
  timeoutMs = 20_000,
): void {
  for (const backend of ["libuv", "clock"] as const) {
    if (only !== undefined && only[0] !== backend) {
      it(`${title} (not on ${backend}: ${only[1]})`, function () {
        this.skip();
      });
      continue;
    }
    it(`${title} (${backend})`, async () => {
      const opened = open(backend, options);
      try {
        await body(opened.world);
      } finally {
        await opened.close();
      }
    }).timeout(timeoutMs);
  }
}

interface OpenWorld {
  readonly world: World;
  close(): Promise<void>;
}

function open(backend: ThreadsBackend, options: ThreadPoolOptions): OpenWorld {
  const reactor: Reactor<"threads"> = createReactor(backend);
  const stopped = reactor.run();
  // A clock stops when nothing is left to happen: the test may have more to come.
  const heartbeat = new LoopingCall(reactor, () => {});
  const ended = heartbeat.start(1);
  const pool = new ThreadPool(reactor, options);
  return {
    world: { backend, reactor, pool },
    async close() {
      pool.stop();
      reactor.stop();
      heartbeat.stop();
      await Promise.all([ended, stopped]);
    },
  };
}

/**
 * For tests on `libuv` that leave the pool as it was: those of a `describe` share one, as to start
 * workers takes longer than most tests do. After one that fails there is another.
 */
export function sharedPool(options: ThreadPoolOptions): typeof poolTest {
  let opened: OpenWorld | undefined;
  const close = async (): Promise<void> => {
    const { close: closeIt } = opened ?? {};
    opened = undefined;
    await closeIt?.();
  };
  after(close);
  return (title, _options, body, timeoutMs?: number) => {
    it(`${title} (libuv)`, async () => {
      opened ??= open("libuv", options);
      try {
        await body(opened.world);
      } catch (error) {
        await close();
        throw error;
      }
    }).timeout(timeoutMs ?? 10_000);
  };
}

/** One test on each kind of worker: threads, simulated ones, processes. */
export function everyPoolTest(
  title: string,
  options: ThreadPoolOptions,
  body: (world: World) => Promise<void>,
  timeoutMs = 20_000,
): void {
  poolTest(title, options, body, timeoutMs);
  const only = ["libuv", "it is the same as with threads"] as const;
  const processes = { ...options, only, substrate: "processes" } as const;
  poolTest(`${title}, in processes`, processes, body, timeoutMs);
}

/** The error that a call fails with. */
export async function failure(call: PromiseLike<unknown>): Promise<Error & { code?: unknown }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new TypeError(`failed with what is no error: ${String(error)}`, { cause: error });
  }
  throw new Error("the call has not failed");
}
