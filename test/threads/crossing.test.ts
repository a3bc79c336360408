import { expect } from "chai";
import { CannotCrossError } from "skein/reactor";
import { failure, poolTest, tasks } from "../support/pools.ts";

class Account {
  readonly listeners = [(): void => {}];
}

describe("a pool: what cannot cross", () => {
  const cyclic: { self?: unknown; f?: () => void } = {};
  cyclic.self = cyclic;
  cyclic.f = () => {};
  const cases: Record<string, [args: [unknown, unknown], message: string]> = {
    "a function": [[() => {}, 1], "argument 1 of add() cannot cross … it is a function"],
    "a symbol": [[1, Symbol("s")], "argument 2 of add() cannot cross … it is a symbol"],
    "a function inside an object": [
      [1, { on: { end: () => {} } }],
      "argument 2 of add() cannot cross … its .on.end is a function",
    ],
    "a method in an array": [
      [[1, [2, { m() {} }]], 1],
      "argument 1 of add() cannot cross … its [1][1].m is a function",
    ],
    "a function in a Map": [
      [new Map([["key", () => {}]]), 1],
      "argument 1 of add() cannot cross … its .get(key) is a function",
    ],
    "a symbol in a Set": [
      [new Set([Symbol("s")]), 1],
      "argument 1 of add() cannot cross … its .values() is a symbol",
    ],
    "a function beside a cycle": [
      [1, cyclic],
      "argument 2 of add() cannot cross … its .f is a function",
    ],
    "an instance with a function in a field": [
      [1, new Account()],
      "argument 2 of add() cannot cross … its .listeners[0] is a function",
    ],
    "an instance of a special class": [
      [1, { soon: Promise.resolve(1) }],
      "argument 2 of add() cannot cross … its .soon is a Promise",
    ],
    "a WeakMap": [[new WeakMap(), 1], "argument 1 of add() cannot cross … it is a WeakMap"],
  };

  for (const [what, [args, message]] of Object.entries(cases)) {
    poolTest(`${what} as an argument`, {}, async ({ pool }) => {
      const error = await failure(pool.call(tasks.add, ...(args as [number, number])));
      expect(error).to.be.instanceOf(CannotCrossError);
      const [begin = "", end = ""] = message.split("…");
      expect(error.message).to.equal(`${begin}to or from a worker:${end}; pass plain data instead`);
    });
  }

  poolTest("a result that cannot be copied", {}, async ({ pool }) => {
    const error = await failure(pool.call(tasks.giveFunction));
    expect(error).to.be.instanceOf(CannotCrossError).and.include({ code: "ERR_CANNOT_CROSS" });
    expect(error.message).to.equal(
      "the result of giveFunction() cannot cross to or from a worker: " +
        "its .handlers[0] is a function; pass plain data instead",
    );
  });

  poolTest("leaves the pool as it was", { max: 1 }, async ({ pool }) => {
    const calls = [
      pool.call(tasks.giveFunction),
      pool.call(tasks.echo, () => {}),
      pool.call(tasks.echo, 5),
    ] as const;
    await failure(calls[0]);
    await failure(calls[1]);
    expect(await calls[2]).to.equal(5);
    expect(pool.statistics()).to.include({ workers: 1, working: 0, queued: 0 });
  });
});
