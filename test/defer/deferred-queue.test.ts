import { expect } from "chai";
import {
  CancelledError,
  Deferred,
  DeferredQueue,
  Failure,
  QueueOverflowError,
  QueueUnderflowError,
  SkeinError,
} from "skein/defer";
import { errorOf, watch } from "../support/outcomes.ts";

const MANY = 100_000;

describe("DeferredQueue", () => {
  it("keeps items until they are got, in order", () => {
    const queue = new DeferredQueue<string>();
    queue.put("one");
    queue.put("two");
    expect([queue.pending, queue.waiting]).to.deep.equal([2, 0]);
    expect(watch(queue.get())).to.deep.equal(["one"]);
    expect(watch(queue.get())).to.deep.equal(["two"]);
    expect([queue.pending, queue.waiting]).to.deep.equal([0, 0]);
  });

  it("keeps those who wait until there are items, in order", () => {
    const queue = new DeferredQueue<string>();
    const [first, second] = [watch(queue.get()), watch(queue.get())];
    expect([queue.pending, queue.waiting]).to.deep.equal([0, 2]);
    queue.put("one");
    expect([first, second]).to.deep.equal([["one"], []]);
    queue.put("two");
    expect([first, second]).to.deep.equal([["one"], ["two"]]);
    expect([queue.pending, queue.waiting]).to.deep.equal([0, 0]);
  });

  it("keeps undefined and null, as it does any item", () => {
    const queue = new DeferredQueue<undefined | null>();
    queue.put(undefined);
    queue.put(null);
    expect(watch(queue.get())).to.deep.equal([undefined]);
    expect(watch(queue.get())).to.deep.equal([null]);
  });

  it("lets a Failure enter the errback side of who gets it", () => {
    const queue = new DeferredQueue<string | Failure>();
    const waiting = watch(queue.get());
    queue.put(new Failure("planted"));
    queue.put(new Failure("kept"));
    expect(waiting).to.deep.equal([{ failed: "planted" }]);
    expect(watch(queue.get())).to.deep.equal([{ failed: "kept" }]);
  });

  it("refuses a Deferred as an item, and loses nobody who waits", () => {
    const queue = new DeferredQueue<unknown>();
    expect(() => queue.put(new Deferred<string>())).to.throw(TypeError, /Deferred/);
    expect(queue.pending).to.equal(0);
    const waiting = watch(queue.get());
    expect(() => queue.put(new Deferred<string>())).to.throw(TypeError, /Deferred/);
    expect([queue.waiting, waiting]).to.deep.equal([1, []]);
    queue.put("item");
    expect(waiting).to.deep.equal(["item"]);
  });

  it("throws QueueOverflowError at its size, and keeps what it has", () => {
    const queue = new DeferredQueue<number>({ size: 2 });
    const waiting = watch(queue.get());
    for (const item of [0, 1, 2]) queue.put(item);
    expect(() => queue.put(3))
      .to.throw(QueueOverflowError, "2 items")
      .with.property("code", "ERR_QUEUE_OVERFLOW");
    expect([waiting, queue.pending]).to.deep.equal([[0], 2]);
    expect(watch(queue.get())).to.deep.equal([1]);
    queue.put(4);
    expect([watch(queue.get()), watch(queue.get())]).to.deep.equal([[2], [4]]);
  });

  it("of size 0 only takes an item for one who waits", () => {
    const queue = new DeferredQueue<number>({ size: 0 });
    expect(() => queue.put(1)).to.throw(QueueOverflowError);
    const waiting = watch(queue.get());
    queue.put(2);
    expect(waiting).to.deep.equal([2]);
  });

  it("throws QueueUnderflowError at its backlog, and keeps those who wait", () => {
    const queue = new DeferredQueue<number>({ backlog: 1 });
    const waiting = watch(queue.get());
    expect(() => queue.get())
      .to.throw(QueueUnderflowError, "1 wait")
      .with.property("code", "ERR_QUEUE_UNDERFLOW");
    queue.put(1);
    expect(waiting).to.deep.equal([1]);
    watch(queue.get());
    expect(() => queue.get()).to.throw(QueueUnderflowError);
  });

  it("of backlog 0 only gives what is there", () => {
    const queue = new DeferredQueue<number>({ backlog: 0 });
    expect(() => queue.get()).to.throw(QueueUnderflowError);
    queue.put(1);
    expect(watch(queue.get())).to.deep.equal([1]);
  });

  it("has a limit of 100,000 on both sides unless told", () => {
    const full = new DeferredQueue<number>();
    for (let i = 0; i < MANY; i++) full.put(i);
    expect(() => full.put(MANY)).to.throw(QueueOverflowError);
    const empty = new DeferredQueue<number>();
    for (let i = 0; i < MANY; i++) empty.get();
    expect(() => empty.get()).to.throw(QueueUnderflowError);
  });

  it("has no limit if told so", () => {
    const queue = new DeferredQueue<number>({ size: Infinity, backlog: Infinity });
    for (let i = 0; i <= MANY; i++) queue.put(i);
    expect(queue.pending).to.equal(MANY + 1);
    for (let i = 0; i <= 2 * MANY + 1; i++) watch(queue.get());
    expect(queue.waiting).to.equal(MANY + 1);
  });

  it("serves many that wait, in order and with constant stack", () => {
    const queue = new DeferredQueue<number>();
    const got: number[] = [];
    for (let i = 0; i < MANY; i++) queue.get().addCallback((item) => got.push(item));
    for (let i = 0; i < MANY; i++) queue.put(i);
    expect(got).to.have.lengthOf(MANY);
    expect(got.every((item, i) => item === i)).to.equal(true);
  });

  it("26: one who cancels leaves, no item is lost, and the others keep their order", () => {
    const queue = new DeferredQueue<string>({ backlog: 3 });
    const [a, b, c] = [queue.get(), queue.get(), queue.get()];
    a.cancel();
    expect(queue.waiting).to.equal(2);
    const d = queue.get();
    c.cancel();
    expect(errorOf(a)).to.be.instanceOf(CancelledError);
    expect(errorOf(c)).to.be.instanceOf(CancelledError);
    for (const item of ["one", "two", "three"]) queue.put(item);
    expect([watch(b), watch(d), queue.pending]).to.deep.equal([["one"], ["two"], 1]);
  });

  it("26: cancelling a get() that has its item does nothing", () => {
    const queue = new DeferredQueue<string>();
    const waiting = queue.get();
    queue.put("one");
    queue.put("two");
    const got = queue.get();
    waiting.cancel();
    got.cancel();
    expect([watch(waiting), watch(got)]).to.deep.equal([["one"], ["two"]]);
  });

  it("serves the next inside a put() in a getter's callback", () => {
    const queue = new DeferredQueue<number>();
    const log: string[] = [];
    for (let i = 0; i < 3; i++) {
      queue.get().addCallback((item) => {
        log.push(`in ${item}`);
        if (item < 3) queue.put(item + 10);
        log.push(`out ${item}`);
      });
    }
    queue.put(1);
    queue.put(2);
    expect(log).to.deep.equal(["in 1", "in 11", "out 11", "out 1", "in 2", "out 2"]);
    expect([queue.pending, queue.waiting]).to.deep.equal([1, 0]);
  });

  it("lets a getter's callback get again, behind those who wait", () => {
    const queue = new DeferredQueue<number>();
    const log: string[] = [];
    queue.get().addCallback((item) => {
      log.push(`first ${item}`);
      queue.get().addCallback((again) => log.push(`again ${again}`));
    });
    queue.get().addCallback((item) => log.push(`second ${item}`));
    for (const item of [1, 2, 3]) queue.put(item);
    expect(log).to.deep.equal(["first 1", "second 2", "again 3"]);
  });

  it("lets a getter's callback cancel the next one", () => {
    const queue = new DeferredQueue<number>();
    queue.get().addCallback(() => second.cancel());
    const second = queue.get();
    const third = watch(queue.get());
    queue.put(1);
    queue.put(2);
    expect(errorOf(second)).to.be.instanceOf(CancelledError);
    expect(third).to.deep.equal([2]);
  });

  it("takes 0 and Infinity for limits, and no others that are no whole numbers", () => {
    const strict = new DeferredQueue<string>({ size: 0, backlog: Infinity });
    expect(() => strict.put("nobody waits")).to.throw(QueueOverflowError, "0 items");
    const got = watch(strict.get());
    strict.put("handed over");
    expect(got).to.deep.equal(["handed over"]);
    expect(() => new DeferredQueue({ size: Infinity, backlog: 0 }).get()).to.throw(
      QueueUnderflowError,
    );
    for (const limit of [Number.NaN, -1, 1.5, -Infinity]) {
      for (const name of ["size", "backlog"]) {
        expect(() => new DeferredQueue({ [name]: limit }))
          .to.throw(SkeinError, `a queue's ${name} is 0 or more, not ${limit}`)
          .with.property("code", "ERR_BAD_OPTION");
      }
    }
  });
});
