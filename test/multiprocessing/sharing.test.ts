import { expect } from "chai";
import { BadOptionError, CannotCrossError, createReactor, type Reactor } from "skein/reactor";
import { WouldBlockError } from "skein/threading";
import { Manager, pipe, PipeClosedError, SharedArray, Value } from "skein/multiprocessing";
import { ThreadPool, worker } from "skein/threads";
import { failure } from "../support/pools.ts";

const jobs = worker<typeof import("../fixtures/workers/managed.ts")>(
  new URL("../fixtures/workers/managed.ts", import.meta.url),
);

class Board {
  readonly #scores = new Map<string, number>();

  score(who: string, points: number): number {
    const sum = (this.#scores.get(who) ?? 0) + points;
    this.#scores.set(who, sum);
    return sum;
  }

  async later(): Promise<string> {
    return new Promise((resolve) => setTimeout(() => resolve("late"), 1));
  }

  fail(): void {
    throw new RangeError("no");
  }
}

const places = [
  ["libuv", "threads"],
  ["libuv", "processes"],
  ["clock", "threads"],
  ["clock", "processes"],
] as const;

for (const [backend, substrate] of places) {
  describe(`shared with ${substrate} on ${backend}`, () => {
    let reactor: Reactor<"threads">;
    let stopped: PromiseLike<void>;
    let pool: ThreadPool;

    // One for all tests, as to start workers takes longer than they do.
    before(() => {
      reactor = createReactor(backend);
      const tick = (): void => void (reactor.running && reactor.callLater(1, tick));
      reactor.callWhenRunning(tick);
      stopped = reactor.run();
      pool = new ThreadPool(reactor, { substrate, max: 2 });
    });
    after(async () => {
      pool.stop();
      reactor.stop();
      await stopped;
    });

    it("a Value is counted by all, and lost by nobody", async () => {
      const value = new Value("int32", 1000);
      await Promise.all([1, 2].map(() => pool.call(jobs.count, value, 100)));
      expect(value.value).to.equal(1200);
      await Promise.all([1, 2].map(() => pool.call(jobs.countWithLock, value, 50)));
      expect(value.value).to.equal(1300);
      expect(value.locked).to.equal(false);
    });

    it("a SharedArray has its numbers, and its errors", async () => {
      for (const kind of ["int8", "uint16", "float64"] as const) {
        const numbers = new SharedArray(kind, [1, 2, 3]);
        expect(await pool.call(jobs.scale, numbers, 2)).to.deep.equal([2, 4, 6, 0]);
        expect(numbers.toArray()).to.deep.equal([2, 4, 6]);
      }
      const error = await failure(pool.call(jobs.setWrong, new SharedArray("int32", 1)));
      expect(error).to.be.instanceOf(BadOptionError);
      expect(error.message).to.equal("1.5 is no number of the kind int32");
    });

    it("a pipe's end gets what the other sends, until either is closed", async () => {
      const [ours, theirs] = pipe<string>();
      const once = pool.call(jobs.echoOnce, theirs);
      await ours.send("hello");
      expect(await ours.recv()).to.equal("hello!");
      expect(await once).to.equal(false);
      // The worker's end is closed with its call.
      expect(await failure(ours.recv())).to.be.instanceOf(PipeClosedError);
      expect(await failure(ours.send("more"))).to.be.instanceOf(PipeClosedError);
    });

    it("a manager's objects do what workers ask for, step by step", async () => {
      const manager = new Manager();
      const board = manager.host(new Board());
      expect(await pool.call(jobs.play, board)).to.deep.equal([1, 3, "late", "RangeError: no"]);
      expect(board.scoreSync("Ada", 0)).to.equal(3);
      expect(() => board.laterSync()).to.throw(WouldBlockError, "use later()");
      expect(await board.later()).to.equal("late");
      const dict = manager.dict<string, number>();
      const list = manager.list(["from here"]);
      await pool.call(jobs.fill, dict, list);
      expect(dict.entriesSync()).to.deep.equal([
        ["n", 10],
        ["size", 2],
      ]);
      expect(list.sliceSync()).to.deep.equal(["from here", "from a worker"]);
      expect(await failure(pool.call(jobs.passOn, board))).to.be.instanceOf(CannotCrossError);
      manager.shutdown();
      const error = await failure(pool.call(jobs.play, board));
      expect(error).to.include({ code: "ERR_MANAGER_SHUT_DOWN" });
    });

    if (backend === "clock") return;

    it("a pipe's end is closed when its worker dies, or its peer closes", async () => {
      const [ours, theirs] = pipe<string>();
      const echoing = pool.call(jobs.echo, theirs);
      await ours.send("hello");
      expect(await ours.recv()).to.equal("hello!");
      ours.close();
      expect(await echoing).to.equal("ERR_PIPE_CLOSED");
      const [mine, given] = pipe<string>();
      const dying = failure(pool.call(jobs.exitWith, given, 3));
      expect(await failure(mine.recv())).to.be.instanceOf(PipeClosedError);
      await dying;
    });

    it("a manager's object is waited for by who blocks", async () => {
      const board = new Manager().host(new Board());
      expect(await pool.call(jobs.block, board)).to.equal("late");
    });
  });
}

describe("what multiprocessing shares", () => {
  it("refuses what cannot be", () => {
    expect(() => new Value("int12" as never)).to.throw(BadOptionError, '"int12"');
    expect(() => new Value("uint8", 256)).to.throw(BadOptionError, "256");
    expect(() => new SharedArray("int32", -1)).to.throw(BadOptionError, "-1");
    const once = [1, 2, 3].values();
    expect(new SharedArray("int32", once).toArray()).to.deep.equal([1, 2, 3]);
    const numbers = new SharedArray("float64", 2);
    expect(() => numbers.get(2)).to.throw(BadOptionError, "none at 2");
    expect(() => numbers.set(0, "1" as never)).to.throw(BadOptionError);
    expect(numbers.add(1, 0.5)).to.equal(0.5);
    expect(numbers.kind).to.equal("float64");
    // 300 leaves 44 in a byte: that is no reason to take it for 44.
    const bytes = new SharedArray("int8", [44]);
    expect(bytes.compareExchange(0, 300, 1)).to.equal(false);
    expect(bytes.toArray()).to.deep.equal([44]);
    const list = new Manager().list([1]);
    expect(() => list.getSync(1)).to.throw(BadOptionError, "none at 1");
    expect(list.getSync(-1)).to.equal(1);
  });

  it("has pipes that a call leaves alone that was never made", async () => {
    const reactor = createReactor("clock");
    const pool = new ThreadPool(reactor);
    const [ours, theirs] = pipe<string>();
    for (const wrong of [{ timeout: -1 }, { priority: NaN }]) {
      const error = await failure(pool.callWith(wrong, jobs.echoOnce, theirs));
      expect(error).to.be.instanceOf(BadOptionError);
    }
    const stopped = reactor.run();
    pool.stop();
    reactor.stop();
    await stopped;
    await theirs.send("still open");
    expect(await ours.recv()).to.equal("still open");
  });

  it("has pipes of one direction", async () => {
    const [receiver, sender] = pipe<number>({ duplex: false });
    sender.sendSync(1);
    expect(receiver.poll()).to.equal(true);
    expect(receiver.recvSync()).to.equal(1);
    expect(await failure(receiver.send(2))).to.be.instanceOf(PipeClosedError);
    sender.close();
    expect(() => receiver.recvSync()).to.throw(PipeClosedError);
  });

  it("has dictionaries and namespaces", () => {
    const manager = new Manager();
    const dict = manager.dict([["a", 1]]);
    expect([dict.setDefaultSync("a", 5), dict.setDefaultSync("b", 5)]).to.deep.equal([1, 5]);
    expect([dict.popSync("a"), dict.popSync("a"), dict.sizeSync()]).to.deep.equal([
      1,
      undefined,
      1,
    ]);
    expect([dict.hasSync("b"), dict.deleteSync("b"), dict.deleteSync("b")]).to.deep.equal([
      true,
      true,
      false,
    ]);
    const names = manager.namespace({ port: 80, host: "a" });
    names.setSync("port", 81);
    expect(names.allSync()).to.deep.equal({ port: 81, host: "a" });
    expect(names.getSync("port")).to.equal(81);
  });
});
