import { expect } from "chai";
import { once } from "node:events";
import type { MessagePort } from "node:worker_threads";
import { BadOptionError, CannotCrossError } from "skein/reactor";
import { worker } from "skein/threads";
import { Any, Counter, Traveller } from "../fixtures/workers/crossing.ts";
import { everyPoolTest, failure, poolTest, tasks } from "../support/pools.ts";

const travel = worker<typeof import("../fixtures/workers/crossing.ts")>(
  new URL("../fixtures/workers/crossing.ts", import.meta.url),
);

describe("objects that cross as themselves", () => {
  for (const substrate of ["threads", "processes"] as const) {
    poolTest(`arrive as what they are, in ${substrate}`, { substrate }, async ({ pool }) => {
      const traveller = new Traveller(["home"]);
      const seen = await pool.call(travel.stationsOf, 7, traveller);
      expect(seen).to.deep.equal([true, ["home", substrate], 7]);
      expect(await pool.call(travel.stationsOf, 7, traveller)).to.deep.equal(seen);
      const back = await pool.call(travel.sendOn, traveller);
      expect(back.constructor.name).to.equal("Traveller");
      expect(back.stations).to.deep.equal(["home", substrate, substrate]);
      const later = await pool.call(travel.sendOnLater, back);
      expect(later.stations.length).to.equal(5);
    });
  }

  poolTest("share memory, if they are made of it", { max: 2 }, async ({ pool }) => {
    const counter = new Counter();
    await Promise.all(Array.from({ length: 100 }, () => pool.call(travel.count, counter)));
    expect(counter.count()).to.equal(101);
  });

  everyPoolTest("are refused inside of others", { max: 1 }, async ({ pool }) => {
    const traveller = new Traveller([]);
    const error = await failure(pool.call(tasks.echo, { to: [1, traveller] }));
    expect(error).to.be.instanceOf(CannotCrossError);
    expect(error.message).to.equal(
      "argument 1 of echo() cannot cross to or from a worker: its .to[1] is a Traveller; " +
        "pass it as an argument of its own instead",
    );
    const given = await failure(pool.call(travel.hide, traveller));
    expect(given).to.be.instanceOf(CannotCrossError);
    expect(given.message).to.include("the result of hide() cannot cross");
    expect(given.message).to.include("its .hidden[0] is a Traveller");
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
  });

  everyPoolTest("are refused with data that cannot be copied", { max: 1 }, async ({ pool }) => {
    const error = await failure(pool.call(travel.keepAny, new Any({ data: { f: () => {} } })));
    expect(error).to.be.instanceOf(CannotCrossError);
    expect(error.message).to.match(/^argument 1 of keepAny\(\) .* its \.f is a function/);
    const given = await failure(pool.call(travel.giveFunction));
    expect(given).to.be.instanceOf(CannotCrossError);
    expect(given.message).to.match(/^the result of giveFunction\(\) .* it is a function/);
  });

  everyPoolTest("fail their call if they cannot be made anew", { max: 1 }, async ({ pool }) => {
    const missing = { name: "nobody" };
    for (const call of [
      pool.call(travel.keepAny, new Any(missing)),
      pool.call(travel.giveAny, missing),
    ]) {
      const error = await failure(call);
      expect(error).to.be.instanceOf(BadOptionError);
      expect(error.message).to.include('has no function "nobody"');
    }
    const failing = { name: "fail" };
    for (const call of [
      pool.call(travel.keepAny, new Any(failing)),
      pool.call(travel.giveAny, failing),
    ]) {
      expect(await failure(call)).to.include({ name: "RangeError", message: "cannot be revived" });
    }
    const nowhere = await failure(
      pool.call(travel.keepAny, new Any({ module: "file:///nowhere.mjs" })),
    );
    expect(nowhere.code).to.equal("ERR_MODULE_NOT_FOUND");
    expect(pool.statistics()).to.include({ working: 0, queued: 0, lost: 0 });
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
  });

  poolTest("may refuse to go", {}, async ({ pool }) => {
    const refusing = Object.assign(new Counter(), {
      [Symbol.for("skein.crossing")]: () => {
        throw new CannotCrossError("stays here");
      },
    });
    const error = await failure(pool.call(travel.keepAny, refusing));
    expect(error).to.be.instanceOf(CannotCrossError).and.include({ message: "stays here" });
  });

  poolTest("move what they say", {}, async ({ pool }) => {
    const bytes = new Uint8Array(1000);
    const call = pool.call(travel.keepAny, new Any({ data: bytes, transfer: [bytes.buffer] }));
    expect(await call).to.deep.equal(new Uint8Array(1000));
    expect(bytes.byteLength).to.equal(0);
    const port = (await pool.call(travel.givePort)) as unknown as MessagePort;
    expect(await once(port, "message")).to.deep.equal(["from the worker"]);
    port.close();
  });
});
