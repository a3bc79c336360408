import { expect } from "chai";
import { Deferred, TimeoutError } from "skein/defer";
import { BadOptionError, createReactor, MultiService, type Reactor, ServiceStopError } from "skein";
import { afterMicrotasks, collectUnhandled, type Failed, watch } from "../support/outcomes.ts";
import { gate, Part, tree } from "../support/services.ts";

const never = (): Promise<void> => new Promise(() => {});

describe("the deadlines of services", () => {
  const unhandled = collectUnhandled();
  let reactor: Reactor<"clock">;
  beforeEach(() => {
    reactor = createReactor("clock");
  });
  afterEach(() => {
    expect(unhandled).to.deep.equal([]);
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
  });

  const timedOut = ([outcome]: unknown[], message: string): void => {
    expect((outcome as Failed).failed)
      .to.be.instanceOf(TimeoutError)
      .with.property("message", message);
  };

  it("are by the clock of the nearest service above that has one", async () => {
    const { top, log } = tree("a", { clock: reactor });
    const part = new Part(log, { name: "slow", startTimeout: 5 });
    const { hook, cancelled } = gate();
    part.onStart = hook;
    void top.addService(part);
    const started = watch(top.startService());
    await reactor.advance(4.9);
    expect(started).to.deep.equal([]);
    await reactor.advance(0.2);
    timedOut(started, 'the service "top/slow" has not started in 5 seconds');
    expect([cancelled(), log]).to.deep.equal([1, ["start a", "start slow", "stop a"]]);
  });

  it("need a clock, without which the start fails", () => {
    const part = new Part([], { name: "part", stopTimeout: 5 });
    const [outcome] = watch(part.startService());
    expect((outcome as Failed).failed)
      .to.be.instanceOf(BadOptionError)
      .with.property(
        "message",
        'the service "part" has no clock, and it has a deadline: ' +
          "give it, or one above it, a clock (a reactor)",
      );
    expect(part.log).to.deep.equal([]);
  });

  it("leave nothing behind when they are kept", async () => {
    const part = new Part([], { clock: reactor, startTimeout: 5, stopTimeout: 5 });
    await part.startService();
    await part.stopService();
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
  });

  it("do not wait for a start that never ends, and the rest stops", async () => {
    const { top, parts, log } = tree("a");
    const part = new Part(log, { name: "never", clock: reactor, startTimeout: 5 });
    part.onStart = never;
    void top.addService(part);
    const started = watch(top.startService());
    await reactor.advance(5);
    timedOut(started, 'the service "top/never" has not started in 5 seconds');
    expect([parts["a"]?.state, top.state]).to.deep.equal(["stopped", "stopped"]);
    expect(part.state).to.equal("stopping");
  });

  it("stop what has started too late", async () => {
    const part = new Part([], { name: "late", clock: reactor, startTimeout: 5 });
    let open = (): void => {};
    part.onStart = () => new Promise<void>((resolve) => (open = resolve));
    const started = watch(part.startService());
    await reactor.advance(5);
    timedOut(started, 'the service "late" has not started in 5 seconds');
    const again = watch(part.startService());
    open();
    await afterMicrotasks();
    expect(part.log).to.deep.equal(["start late", "stop late", "start late"]);
    expect(again).to.deep.equal([]);
    open();
    await afterMicrotasks();
    expect(again).to.deep.equal([undefined]);
  });

  it("give up a stop that never ends, and the rest stops", async () => {
    const { top, log } = tree("a", { clock: reactor });
    const part = new Part(log, { name: "never", stopTimeout: 5 });
    const { hook, cancelled } = gate();
    part.onStop = hook;
    void top.addService(part);
    await top.startService();
    const stopped = watch(top.stopService());
    await reactor.advance(5);
    const { failed } = stopped[0] as Failed;
    expect(failed).to.be.instanceOf(ServiceStopError);
    const [{ path, failure } = {}] = (failed as ServiceStopError).failures;
    expect(path).to.equal("top/never");
    timedOut([{ failed: failure?.value }], 'the service "top/never" has not stopped in 5 seconds');
    expect([part.state, top.state, cancelled()]).to.deep.equal(["stopped", "stopped", 1]);
    expect(log.at(-1)).to.equal("stop a");
  });

  it("cover the end of a start that was cancelled", async () => {
    const part = new Part([], { name: "part", clock: reactor, stopTimeout: 3 });
    part.onStart = never;
    watch(part.startService());
    const stopped = watch(part.stopService());
    await reactor.advance(3);
    timedOut(stopped, 'the service "part" has not stopped in 3 seconds');
  });

  it("stop a cancelled start that ends well when they have passed", async () => {
    const part = new Part([], { name: "part", clock: reactor, stopTimeout: 3 });
    let open = (): void => {};
    part.onStart = () => new Promise<void>((resolve) => (open = resolve));
    watch(part.startService());
    watch(part.stopService());
    await reactor.advance(3);
    expect(part.state).to.equal("stopped");
    open();
    await afterMicrotasks();
    expect([part.state, part.log]).to.deep.equal(["stopped", ["start part", "stop part"]]);
  });

  it("report the failure of a stop that was given up", async () => {
    const part = new Part([], { name: "part", clock: reactor, stopTimeout: 3 });
    let reject = (_error: Error): void => {};
    part.onStop = () => new Promise<void>((_, refuse) => (reject = refuse));
    await part.startService();
    const stopped = watch(part.stopService());
    await reactor.advance(3);
    timedOut(stopped, 'the service "part" has not stopped in 3 seconds');
    reject(new RangeError("on top of it"));
    await afterMicrotasks();
    expect(unhandled.splice(0).map(String)).to.deep.equal(["RangeError: on top of it"]);
  });

  describe("of a MultiService", () => {
    it("cover the start of all: those that have started are stopped", async () => {
      const { top, parts, log } = tree("a b c", { clock: reactor, startTimeout: 10 });
      const { hook } = gate();
      (parts["b"] as Part).onStart = hook;
      const started = watch(top.startService());
      await reactor.advance(10);
      timedOut(started, 'the service "top" has not started in 10 seconds');
      expect([top.state, log]).to.deep.equal(["stopped", ["start a", "start b", "stop a"]]);
    });

    it("cover the stop of all: the rest is told to stop, and not waited for", async () => {
      const { top, parts, log } = tree("a b c", { clock: reactor, stopTimeout: 10 });
      const { hook, open } = gate();
      (parts["a"] as Part).onStop = () => new Deferred<void>();
      (parts["c"] as Part).onStop = hook;
      await top.startService();
      const stopped = watch(top.stopService());
      await reactor.advance(10);
      timedOut(stopped, 'the service "top" has not stopped in 10 seconds');
      expect(log.slice(3)).to.deep.equal(["stop c", "stop b", "stop a"]);
      expect([...top].map(({ state }) => state)).to.deep.equal(["stopping", "stopped", "stopping"]);
      open();
      expect(parts["c"]?.state).to.equal("stopped");
    });

    it("stop at the end of the inner ones' time, one after another", async () => {
      const top = new MultiService({ name: "top", clock: reactor });
      for (const name of ["a", "b"]) {
        const part = new Part([], { name, stopTimeout: 2 });
        part.onStop = never;
        void top.addService(part);
      }
      await top.startService();
      const stopped = watch(top.stopService());
      await reactor.advance(3.9);
      expect(stopped).to.deep.equal([]);
      await reactor.advance(0.1);
      const { failures } = (stopped[0] as Failed).failed as ServiceStopError;
      expect(failures.map(({ path }) => path)).to.deep.equal(["top/b", "top/a"]);
    });
  });
});
