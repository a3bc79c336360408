import { expect } from "chai";
import {
  asapScheduler,
  bufferTime,
  concatMap,
  debounceTime,
  delay,
  interval,
  map,
  type Observable,
  observeOn,
  of,
  type SchedulerLike,
  Subject,
  Subscription,
  take,
  timeout,
  timer,
} from "rxjs";
import { createReactor, type Reactor } from "skein/reactor";
import { reactorScheduler } from "skein/rxjs";

describe("a scheduler of RxJS on a reactor", () => {
  let reactor: Reactor<"clock">;
  let scheduler: SchedulerLike;
  let errors: string[];
  let log: string[];

  beforeEach(() => {
    errors = [];
    log = [];
    reactor = createReactor("clock", { onError: (error) => errors.push(String(error)) });
    scheduler = reactorScheduler(reactor, Subscription);
  });

  const note = (observable: Observable<unknown>): Subscription =>
    observable.subscribe({
      next: (value) => log.push(`${String(value)} at ${reactor.seconds()}`),
      error: (error) => log.push(`${(error as Error).name} at ${reactor.seconds()}`),
      complete: () => log.push(`end at ${reactor.seconds()}`),
    });

  it("has the time of the reactor, in milliseconds", async () => {
    expect(scheduler.now()).to.equal(0);
    await reactor.advance(1.5);
    expect(scheduler.now()).to.equal(1500);
  });

  const operators: [string, (on: SchedulerLike) => Observable<unknown>, string[]][] = [
    ["interval", (on) => interval(1000, on).pipe(take(2)), ["0 at 1", "1 at 2", "end at 2"]],
    ["timer", (on) => timer(500, 250, on).pipe(take(2)), ["0 at 0.5", "1 at 0.75", "end at 0.75"]],
    ["delay", (on) => of("tea").pipe(delay(3000, on)), ["tea at 3", "end at 3"]],
    [
      "debounceTime",
      (on) =>
        of(0, 100, 600).pipe(
          concatMap((ms) => timer(ms, on).pipe(map(() => ms))),
          debounceTime(300, on),
        ),
      ["100 at 0.4", "600 at 0.7", "end at 0.7"],
    ],
    [
      "timeout",
      (on) => timer(5000, on).pipe(timeout({ each: 2000, scheduler: on })),
      ["TimeoutError at 2"],
    ],
    [
      "bufferTime",
      (on) => interval(400, on).pipe(take(4), bufferTime(1000, on)),
      ["0,1 at 1", "2,3 at 1.6", "end at 1.6"],
    ],
    ["observeOn", (on) => of("a", "b").pipe(observeOn(on)), ["a at 0", "b at 0", "end at 0"]],
  ];
  for (const [name, make, expected] of operators) {
    it(`has ${name} run on virtual time`, async () => {
      note(make(scheduler));
      await reactor.advance(60);
      expect(log).to.deep.equal(expected);
      expect(reactor.inspect()).to.deep.equal([]);
    });
  }

  it("does nothing inside the call, and what has no delay in one turn, in order", async () => {
    for (const name of ["a", "b", "c"]) scheduler.schedule(() => void log.push(name));
    scheduler.schedule(() => void log.push("negative"), -5);
    expect(log).to.deep.equal([]);
    await reactor.advance(0);
    expect(log).to.deep.equal(["a", "b", "c", "negative"]);
    expect(reactor.seconds()).to.equal(0);
  });

  it("keeps the order of the times, then of the calls", async () => {
    scheduler.schedule(() => void log.push("late"), 20);
    scheduler.schedule(() => void log.push("early"), 10);
    scheduler.schedule(() => void log.push("late too"), 20);
    await reactor.advance(1);
    expect(log).to.deep.equal(["early", "late", "late too"]);
  });

  it("hands on the state, and schedules again from inside", async () => {
    scheduler.schedule<number>(
      function (n) {
        log.push(`${n} at ${reactor.seconds()}`);
        if (n < 3) this.schedule(n + 1, 1000);
      },
      1000,
      1,
    );
    await reactor.advance(10);
    expect(log).to.deep.equal(["1 at 1", "2 at 2", "3 at 3"]);
  });

  it("puts off what is scheduled again before it was done", async () => {
    const action = scheduler.schedule(() => void log.push("done"), 1000) as Subscription & {
      schedule(state?: unknown, delay?: number): Subscription;
    };
    await reactor.advance(0.5);
    action.schedule(undefined, 1000);
    await reactor.advance(0.9);
    expect(log).to.deep.equal([]);
    await reactor.advance(0.1);
    expect(log).to.deep.equal(["done"]);
  });

  it("leaves nothing on the reactor when it is unsubscribed", async () => {
    const action = scheduler.schedule(() => void log.push("never"), 1000);
    expect(reactor.inspect()).to.have.lengthOf(1);
    action.unsubscribe();
    expect(action.closed).to.equal(true);
    expect(reactor.inspect()).to.deep.equal([]);
    const ticking = note(interval(1000, scheduler));
    await reactor.advance(1);
    ticking.unsubscribe();
    expect(reactor.inspect()).to.deep.equal([]);
    expect(log).to.deep.equal(["0 at 1"]);
  });

  it("can be unsubscribed from inside the work", async () => {
    scheduler.schedule(function () {
      log.push("once");
      this.unsubscribe();
      this.schedule(undefined, 1);
    });
    await reactor.advance(1);
    expect(log).to.deep.equal(["once"]);
  });

  it("reports what the work throws, gives that up, and does the rest", async () => {
    const action = scheduler.schedule(() => {
      throw new RangeError("boom");
    });
    scheduler.schedule(() => void log.push("the rest"));
    await reactor.advance(0);
    expect(errors).to.deep.equal(["RangeError: boom"]);
    expect(action.closed).to.equal(true);
    expect(log).to.deep.equal(["the rest"]);
  });

  it("never does what is scheduled for never", () => {
    const action = scheduler.schedule(() => {}, Infinity);
    expect(reactor.inspect()).to.deep.equal([]);
    action.unsubscribe();
  });

  it("gives what a subscription takes once, however often it is added", () => {
    const action = scheduler.schedule(() => {}, 1000);
    expect(action).to.be.instanceOf(Subscription);
    const parent = new Subscription();
    for (let i = 0; i < 3; i++) parent.add(action);
    const kept = (parent as unknown as { _finalizers: unknown[] })._finalizers;
    expect(kept).to.have.lengthOf(1);
    parent.unsubscribe();
    expect(action.closed).to.equal(true);
  });

  it("tells subjects in the order of other schedulers", async () => {
    const order: string[] = [];
    const subject = new Subject<string>();
    subject.pipe(observeOn(scheduler)).subscribe((value) => order.push(value));
    subject.next("a");
    subject.next("b");
    asapScheduler.schedule(() => {});
    await reactor.advance(0);
    expect(order).to.deep.equal(["a", "b"]);
  });

  it("runs on real time where the reactor does", async () => {
    const real = createReactor("libuv");
    const stopped = real.run();
    timer(5, reactorScheduler(real, Subscription)).subscribe(() => real.stop());
    await stopped;
  });
});
