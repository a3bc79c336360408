import { expect } from "chai";
import { CancelledError, Deferred } from "skein/defer";
import { MultiService, ServiceStopError, ServiceTreeError } from "skein";
import { afterMicrotasks, collectUnhandled, errorOf, watch } from "../support/outcomes.ts";
import { gate, Part, tree } from "../support/services.ts";

const broken = (message: string) => (): never => {
  throw new RangeError(message);
};

describe("a MultiService", () => {
  const unhandled = collectUnhandled();
  afterEach(() => expect(unhandled).to.deep.equal([]));

  it("starts in the order of adding, and stops in the reverse order", () => {
    const { top, log } = tree("a b c");
    expect(watch(top.startService())).to.deep.equal([undefined]);
    expect(watch(top.stopService())).to.deep.equal([undefined]);
    expect(log).to.deep.equal(["start a", "start b", "start c", "stop c", "stop b", "stop a"]);
  });

  it("starts each when the one before runs, stops each when the one behind has stopped", () => {
    const { top, parts, log } = tree("a b");
    const [starting, stopping] = [gate(), gate()];
    (parts["a"] as Part).onStart = starting.hook;
    (parts["b"] as Part).onStop = stopping.hook;
    void top.startService();
    expect(log).to.deep.equal(["start a"]);
    starting.open();
    expect(log.splice(0)).to.deep.equal(["start a", "start b"]);
    void top.stopService();
    expect(log).to.deep.equal(["stop b"]);
    stopping.open();
    expect(log).to.deep.equal(["stop b", "stop a"]);
  });

  it("prepares all before it starts any, when it is asked to", () => {
    const { top, log } = tree("a b");
    void top.privilegedStartService();
    expect(log).to.deep.equal(["prepare a", "prepare b"]);
    void top.startService();
    expect(log.slice(2)).to.deep.equal(["start a", "start b"]);
  });

  it("with nothing in it starts and stops at once", () => {
    const top = new MultiService();
    expect(watch(top.startService())).to.deep.equal([undefined]);
    expect(watch(top.stopService())).to.deep.equal([undefined]);
  });

  it("starts and stops a thousand services that do not wait", () => {
    const top = new MultiService();
    const log: string[] = [];
    for (let i = 0; i < 1000; i++) void top.addService(new Part(log));
    expect(watch(top.startService())).to.deep.equal([undefined]);
    expect(watch(top.stopService())).to.deep.equal([undefined]);
    expect(log).to.have.length(2000);
  });

  describe("of which one fails to start", () => {
    it("stops those that have started, in the reverse order, and fails with its error", () => {
      const { top, parts, log } = tree("a b c d");
      (parts["c"] as Part).onStart = broken("no c");
      const error = errorOf(top.startService());
      expect(error).to.be.instanceOf(RangeError).with.property("message", "no c");
      expect(log).to.deep.equal(["start a", "start b", "start c", "stop b", "stop a"]);
      expect([top.state, ...top.services.map(({ state }) => state)]).to.deep.equal(
        Array(5).fill("stopped"),
      );
    });

    it("waits for that stopping before it fails", () => {
      const { top, parts } = tree("a b");
      const { hook, open } = gate();
      (parts["a"] as Part).onStop = hook;
      (parts["b"] as Part).onStart = broken("no b");
      const started = top.startService();
      const outcomes = watch(started);
      expect(outcomes).to.deep.equal([]);
      open();
      expect(outcomes).to.have.length(1);
    });

    it("reports all that fails in that stopping, and fails with the start's error", async () => {
      const { top, parts, log } = tree("a b c");
      (parts["a"] as Part).onStop = broken("a stays");
      (parts["b"] as Part).onStop = broken("b stays");
      (parts["c"] as Part).onStart = broken("no c");
      expect(errorOf(top.startService())).to.have.property("message", "no c");
      expect(log).to.deep.equal(["start a", "start b", "start c", "stop b", "stop a"]);
      await afterMicrotasks();
      const [reported, ...others] = unhandled.splice(0);
      expect(others).to.deep.equal([]);
      expect(reported).to.be.instanceOf(ServiceStopError);
      const paths = (reported as ServiceStopError).failures.map(({ path }) => path);
      expect(paths).to.deep.equal(["top/b", "top/a"]);
    });

    it("undoes what all have prepared", () => {
      const { top, parts, log } = tree("a b c");
      (parts["b"] as Part).onStart = broken("no b");
      void top.privilegedStartService();
      log.length = 0;
      errorOf(top.startService());
      expect(log).to.deep.equal(["start a", "start b", "stop b", "stop a", "stop c"]);
    });
  });

  it("stops all when one fails to stop, then fails with the failures of all", () => {
    const { top, parts, log } = tree("a b");
    const inner = new MultiService({ name: "inner" });
    const deep = new Part(log, { name: "deep" });
    void inner.addService(deep);
    void top.addService(inner);
    deep.onStop = broken("deep stays");
    (parts["b"] as Part).onStop = broken("b stays");
    void top.startService();
    log.length = 0;
    const error = errorOf(top.stopService());
    expect(log).to.deep.equal(["stop deep", "stop b", "stop a"]);
    expect(error)
      .to.be.instanceOf(ServiceStopError)
      .with.property(
        "message",
        'not all services stopped well: "top/inner/deep" (RangeError: deep stays); ' +
          '"top/b" (RangeError: b stays)',
      );
    expect(top.state).to.equal("stopped");
  });

  it("stopped while it starts cancels the one that starts, and stops those before it", () => {
    const { top, parts, log } = tree("a b c");
    const { hook, cancelled } = gate();
    (parts["b"] as Part).onStart = hook;
    const started = top.startService();
    const stopped = watch(top.stopService());
    expect(errorOf(started)).to.be.instanceOf(CancelledError);
    expect(cancelled()).to.equal(1);
    expect(log).to.deep.equal(["start a", "start b", "stop a"]);
    expect([top.state, stopped]).to.deep.equal(["stopped", [undefined]]);
  });

  it("stopped while it starts starts no other, also if the one that starts does start", () => {
    const { top, parts, log } = tree("a b");
    const starting = new Deferred<void>((deferred) => deferred.callback());
    (parts["a"] as Part).onStart = () => starting;
    watch(top.startService());
    void top.stopService();
    expect(log).to.deep.equal(["start a", "stop a"]);
  });

  it("stopped while it starts waits until all that has started is stopped", async () => {
    const { top, parts, log } = tree("a b");
    const { hook, open } = gate();
    let begun = (): void => {};
    (parts["a"] as Part).onStop = hook;
    (parts["b"] as Part).onStart = () => new Promise<void>((resolve) => (begun = resolve));
    watch(top.startService());
    const stopped = watch(top.stopService());
    begun();
    await afterMicrotasks();
    expect(log).to.deep.equal(["start a", "start b", "stop b", "stop a"]);
    expect([top.state, stopped]).to.deep.equal(["stopping", []]);
    open();
    expect([top.state, stopped]).to.deep.equal(["stopped", [undefined]]);
  });

  it("tells what happens below it, and how all of it stands", () => {
    const { top, parts } = tree("a");
    const inner = new MultiService();
    void inner.addService(new Part([]));
    void top.addService(inner);
    const seen: string[] = [];
    top.onStateChange(({ path, state }) => seen.push(`${path} ${state}`));
    void top.startService();
    expect(seen).to.deep.equal([
      "top starting",
      "top/a starting",
      "top/a running",
      "top/MultiService#2 starting",
      "top/MultiService#2/Part#1 starting",
      "top/MultiService#2/Part#1 running",
      "top/MultiService#2 running",
      "top running",
    ]);
    const leaf = { kind: "Part", state: "running", detail: "", children: [] };
    const group = { kind: "MultiService", state: "running", detail: "" };
    expect(top.inspect()).to.deep.equal({
      ...group,
      path: "top",
      children: [
        { ...leaf, path: "top/a" },
        {
          ...group,
          path: "top/MultiService#2",
          children: [{ ...leaf, path: "top/MultiService#2/Part#1" }],
        },
      ],
    });
    expect(parts["a"]?.parent).to.equal(top);
  });

  describe("as a tree", () => {
    const expectRefused = (act: () => unknown, message: string): void => {
      expect(act).to.throw(ServiceTreeError).with.property("message", message);
    };

    it("finds its services by name", () => {
      const { top, parts } = tree("a b");
      void top.addService(new Part([]));
      expect(top.getServiceNamed("b")).to.equal(parts["b"]);
      expect([...top.namedServices.keys()]).to.deep.equal(["a", "b"]);
      expect([...top]).to.deep.equal(top.services);
      expectRefused(
        () => top.getServiceNamed("z"),
        'no service in "top" is called "z"; there are: "a", "b"',
      );
    });

    it("leaves a root without a name out of the paths", () => {
      const [root, web, pool] = [
        new MultiService(),
        new MultiService({ name: "web" }),
        new Part([], { name: "pool" }),
      ];
      void pool.setServiceParent(web);
      void web.setServiceParent(root);
      expect([pool.path, root.path]).to.deep.equal(["web/pool", "MultiService"]);
    });

    it("refuses a service in itself", () => {
      const [outer, inner] = [
        new MultiService({ name: "outer" }),
        new MultiService({ name: "inner" }),
      ];
      void outer.addService(inner);
      expectRefused(
        () => inner.addService(inner),
        'the service "outer/inner" is in "outer": a service has one parent; ' +
          "call disownServiceParent() first",
      );
      expectRefused(
        () => outer.addService(outer),
        'the service "outer" cannot be put into "outer": it would be in itself',
      );
      expectRefused(
        () => inner.addService(outer),
        'the service "outer" cannot be put into "outer/inner": it would be in itself',
      );
    });

    it("refuses a service that is in another", () => {
      const { parts } = tree("a");
      expectRefused(
        () => parts["a"]?.setServiceParent(new MultiService()),
        'the service "top/a" is in "top": a service has one parent; ' +
          "call disownServiceParent() first",
      );
    });

    it("refuses a name that is taken, and a change of names", () => {
      const { top, parts } = tree("a b");
      expectRefused(
        () => top.addService(new Part([], { name: "a" })),
        'a service in "top" is called "a" already',
      );
      expectRefused(
        () => parts["b"]?.setName("a"),
        'the service "top/b" cannot be renamed in its tree',
      );
      expect(top.services).to.have.length(2);
    });

    it("refuses to take out what is not in it", () => {
      const { top } = tree("a");
      const other = new Part([], { name: "other" });
      expectRefused(() => top.removeService(other), 'the service "other" is not in "top"');
      expectRefused(() => other.disownServiceParent(), 'the service "other" is in no other');
    });
  });

  describe("that changes", () => {
    it("starts what is added while it runs", () => {
      const { top, log } = tree("a");
      void top.startService();
      const { hook, open } = gate();
      const added = new Part(log, { name: "b" });
      added.onStart = hook;
      const outcome = watch(added.setServiceParent(top));
      expect([log, outcome]).to.deep.equal([["start a", "start b"], []]);
      open();
      expect(outcome).to.deep.equal([undefined]);
    });

    it("does not start what is added while it does not run", () => {
      const { top, log } = tree("a");
      expect(watch(top.addService(new Part(log, { name: "b" })))).to.deep.equal([undefined]);
      expect(log).to.deep.equal([]);
    });

    it("starts what is added while it starts in its turn", () => {
      const { top, parts, log } = tree("a");
      const { hook, open } = gate();
      (parts["a"] as Part).onStart = hook;
      const started = watch(top.startService());
      expect(watch(top.addService(new Part(log, { name: "b" })))).to.deep.equal([undefined]);
      expect(log).to.deep.equal(["start a"]);
      open();
      expect([log, started]).to.deep.equal([["start a", "start b"], [undefined]]);
    });

    it("prepares what is added when it is prepared", () => {
      const { top, log } = tree("a");
      void top.privilegedStartService();
      void top.addService(new Part(log, { name: "b" }));
      expect(log).to.deep.equal(["prepare a", "prepare b"]);
    });

    it("keeps what is added and fails to start, and says why", () => {
      const { top, log } = tree("a");
      void top.startService();
      const added = new Part(log, { name: "b" });
      added.onStart = broken("no b");
      expect(errorOf(top.addService(added))).to.have.property("message", "no b");
      expect([added.parent, top.state]).to.deep.equal([top, "running"]);
    });

    it("stops what is taken out, which is free at once", () => {
      const { top, parts, log } = tree("a b");
      void top.startService();
      const { hook, open } = gate();
      const part = parts["a"] as Part;
      part.onStop = hook;
      const removed = watch(part.disownServiceParent());
      expect([part.parent, top.services]).to.deep.equal([undefined, [parts["b"]]]);
      expect(removed).to.deep.equal([]);
      open();
      expect(removed).to.deep.equal([undefined]);
      void top.stopService();
      expect(log).to.deep.equal(["start a", "start b", "stop a", "stop b"]);
    });

    it("goes on starting without one that is taken out while it starts", () => {
      const { top, parts, log } = tree("a b c");
      const { hook, cancelled } = gate();
      (parts["b"] as Part).onStart = hook;
      const started = watch(top.startService());
      expect(watch(top.removeService(parts["b"] as Part))).to.deep.equal([undefined]);
      expect(cancelled()).to.equal(1);
      expect([log, started]).to.deep.equal([["start a", "start b", "start c"], [undefined]]);
    });

    it("starts and stops what moves from one to another", () => {
      const [one, other] = [tree("a"), new MultiService({ name: "other" })];
      void one.top.startService();
      void other.startService();
      const part = one.parts["a"] as Part;
      const { hook, open } = gate();
      part.onStop = hook;
      void part.disownServiceParent();
      const moved = watch(part.setServiceParent(other));
      expect(moved).to.deep.equal([]);
      open();
      expect([part.path, part.state, moved]).to.deep.equal(["other/a", "running", [undefined]]);
    });
  });
});
