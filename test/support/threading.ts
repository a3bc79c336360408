/** Pools of threads for tests of what threads share. */
import { worker } from "skein/threads";
import * as here from "../fixtures/workers/threading.ts";
import { poolTest, type World } from "./pools.ts";

export const sharing = worker<typeof here>(
  new URL("../fixtures/workers/threading.ts", import.meta.url),
);

const functions: typeof here = here;

/** Has somebody do something: by its name, with its arguments. */
export type Doing = <K extends keyof typeof here>(
  name: K,
  ...args: Parameters<(typeof here)[K]>
) => PromiseLike<Awaited<ReturnType<(typeof here)[K]>>>;

/**
 * One test for each way in which two parties can be placed: both in workers, one in a worker, both
 * on the reactor's thread; and with the clock's simulated workers.
 */
export function placesTest(
  title: string,
  body: (one: Doing, other: Doing, world: World) => Promise<void>,
): void {
  for (const [where, inWorkers] of [
    ["both in workers", 2],
    ["one in a worker", 1],
    ["both here", 0],
  ] as const) {
    poolTest(`${title}, ${where}`, { max: 2 }, async (world) => {
      const away: Doing = (name, ...args) =>
        world.pool.call(sharing[name] as never, ...args) as never;
      const near: Doing = async (name, ...args) =>
        (await (functions[name] as (...all: unknown[]) => unknown)(...args)) as never;
      await body(inWorkers > 0 ? away : near, inWorkers > 1 ? away : near, world);
    });
  }
}
