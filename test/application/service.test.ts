import { expect } from "chai";
import { CancelledError } from "skein/defer";
import { BadOptionError, Service, type ServiceState } from "skein";
import { collectUnhandled, errorOf, type Failed, watch } from "../support/outcomes.ts";
import { gate, Part } from "../support/services.ts";

describe("a service", () => {
  const unhandled = collectUnhandled();
  let log: string[];
  let part: Part;
  beforeEach(() => {
    log = [];
    part = new Part(log, { name: "part" });
  });
  afterEach(() => expect(unhandled).to.deep.equal([]));

  const states = (): ServiceState[] => {
    const seen: ServiceState[] = [];
    part.onStateChange(({ state }) => seen.push(state));
    return seen;
  };

  it("runs when its start has fired, and not before", () => {
    const { hook, open } = gate();
    part.onStart = hook;
    const started = watch(part.startService());
    expect([part.state, part.running, started]).to.deep.equal(["starting", false, []]);
    open();
    expect([part.state, part.running, started]).to.deep.equal(["running", true, [undefined]]);
  });

  it("has stopped when its stop has fired, and not before", () => {
    const { hook, open } = gate();
    part.onStop = hook;
    void part.startService();
    const stopped = watch(part.stopService());
    expect([part.state, part.running, stopped]).to.deep.equal(["stopping", false, []]);
    open();
    expect([part.state, stopped]).to.deep.equal(["stopped", [undefined]]);
  });

  it("waits for promises too", async () => {
    part.onStart = async () => void log.push("begun");
    part.onStop = async () => void log.push("ended");
    await part.startService();
    await part.stopService();
    expect(log).to.deep.equal(["start part", "begun", "stop part", "ended"]);
  });

  it("is started once, however often it is asked to", () => {
    const { hook, open, asked } = gate();
    part.onStart = hook;
    const starts = [watch(part.startService()), watch(part.startService())];
    open();
    starts.push(watch(part.startService()));
    expect(starts).to.deep.equal([[undefined], [undefined], [undefined]]);
    expect(asked).to.have.length(1);
  });

  it("is stopped once, however often it is asked to", () => {
    const { hook, open, asked } = gate();
    part.onStop = hook;
    expect(watch(part.stopService())).to.deep.equal([undefined]);
    void part.startService();
    const stops = [watch(part.stopService()), watch(part.stopService())];
    open();
    stops.push(watch(part.stopService()));
    expect(stops).to.deep.equal([[undefined], [undefined], [undefined]]);
    expect(asked).to.have.length(1);
  });

  it("can be started again", () => {
    for (let i = 0; i < 2; i++) {
      void part.startService();
      void part.stopService();
    }
    expect(log).to.deep.equal(["start part", "stop part", "start part", "stop part"]);
  });

  it("started while it stops starts when it has stopped", () => {
    const { hook, open } = gate();
    part.onStop = hook;
    void part.startService();
    void part.stopService();
    const started = watch(part.startService());
    expect(log).to.deep.equal(["start part", "stop part"]);
    open();
    expect(log).to.deep.equal(["start part", "stop part", "start part"]);
    expect([part.state, started]).to.deep.equal(["running", [undefined]]);
  });

  it("started while it stops starts also when the stop fails", () => {
    const { hook, fail } = gate();
    part.onStop = hook;
    void part.startService();
    const stopped = part.stopService();
    const started = watch(part.startService());
    fail(new RangeError("does not stop"));
    expect(errorOf(stopped)).to.be.instanceOf(RangeError);
    expect([part.state, started]).to.deep.equal(["running", [undefined]]);
  });

  it("stopped, started and stopped again stays stopped: the last wish counts", () => {
    const { hook, open } = gate();
    part.onStop = hook;
    void part.startService();
    void part.stopService();
    const started = part.startService();
    const stopped = watch(part.stopService());
    expect(errorOf(started)).to.be.instanceOf(CancelledError);
    open();
    expect([part.state, stopped]).to.deep.equal(["stopped", [undefined]]);
    expect(log).to.deep.equal(["start part", "stop part"]);
  });

  it("stopped while it starts cancels the start, and does not call stop", () => {
    const { hook, cancelled } = gate();
    part.onStart = hook;
    const started = part.startService();
    const stopped = watch(part.stopService());
    expect(cancelled()).to.equal(1);
    expect(errorOf(started))
      .to.be.instanceOf(CancelledError)
      .with.property("message", 'the start of the service "part" was cancelled');
    expect([part.state, stopped, log]).to.deep.equal(["stopped", [undefined], ["start part"]]);
  });

  it("stopped while it starts is stopped if it has started all the same", async () => {
    let open = (): void => {};
    part.onStart = () => new Promise<void>((resolve) => (open = resolve));
    const started = part.startService();
    const stopped = part.stopService();
    expect(errorOf(started)).to.be.instanceOf(CancelledError);
    expect(part.state).to.equal("stopping");
    open();
    await stopped;
    expect([part.state, log]).to.deep.equal(["stopped", ["start part", "stop part"]]);
  });

  it("aborts the signal of a start that is cancelled", async () => {
    part.onStart = (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    const started = watch(part.startService());
    await part.stopService();
    expect((started[0] as Failed).failed).to.be.instanceOf(CancelledError);
    expect(log).to.deep.equal(["start part"]);
  });

  it("has its start cancelled by cancelling the one Deferred for it", () => {
    const { hook, cancelled } = gate();
    part.onStart = hook;
    const started = part.startService();
    started.cancel();
    expect(errorOf(started)).to.be.instanceOf(CancelledError);
    expect([cancelled(), part.state]).to.deep.equal([1, "stopped"]);
  });

  it("goes on starting while anybody waits for it", () => {
    const { hook, cancelled, open } = gate();
    part.onStart = hook;
    const [first, second] = [part.startService(), part.startService()];
    first.cancel();
    expect(errorOf(first)).to.be.instanceOf(CancelledError);
    expect(cancelled()).to.equal(0);
    open();
    expect(watch(second)).to.deep.equal([undefined]);
  });

  it("goes on stopping when nobody waits for it", () => {
    const { hook, cancelled, open } = gate();
    part.onStop = hook;
    void part.startService();
    const stopped = part.stopService();
    stopped.cancel();
    expect(errorOf(stopped)).to.be.instanceOf(CancelledError);
    expect([cancelled(), part.state]).to.deep.equal([0, "stopping"]);
    open();
    expect(part.state).to.equal("stopped");
  });

  it("that fails to start has stopped, with its own error, and can be started again", () => {
    part.onStart = () => {
      throw new RangeError("no start");
    };
    const seen = states();
    expect(errorOf(part.startService())).to.be.instanceOf(RangeError);
    expect([seen, log]).to.deep.equal([["starting", "stopped"], ["start part"]]);
    part.onStart = () => undefined;
    expect(watch(part.startService())).to.deep.equal([undefined]);
  });

  it("that fails to stop has stopped, with its own error for all who wait", () => {
    part.onStop = () => Promise.reject(new RangeError("no stop"));
    void part.startService();
    const stops = [part.stopService(), part.stopService()].map(watch);
    return part.stopService().addErrback(() => {
      expect(stops.map(([outcome]) => (outcome as Failed).failed)).to.satisfy((all: unknown[]) =>
        all.every((error) => error instanceof RangeError),
      );
      expect(part.state).to.equal("stopped");
    });
  });

  it("may be stopped from inside its own start", () => {
    part.onStart = () => void part.stopService();
    const started = part.startService();
    expect(errorOf(started)).to.be.instanceOf(CancelledError);
    expect([part.state, log]).to.deep.equal(["stopped", ["start part", "stop part"]]);
  });

  it("that is stopped from inside its own start has what that waits for cancelled", () => {
    const { hook, cancelled } = gate();
    part.onStart = (signal) => {
      void part.stopService();
      return hook(signal);
    };
    expect(errorOf(part.startService())).to.be.instanceOf(CancelledError);
    expect([cancelled(), part.state, log]).to.deep.equal([1, "stopped", ["start part"]]);
  });

  it("tells all who wait, but those who have given up by then", () => {
    const { hook, open } = gate();
    part.onStart = hook;
    const first = part.startService();
    const second = part.startService();
    first.addCallback(() => second.cancel());
    open();
    expect(errorOf(second)).to.be.instanceOf(CancelledError);
    expect(part.state).to.equal("running");
  });

  it("may be stopped by who is told that it starts, and then is not started", () => {
    part.onStateChange(({ state }) => {
      if (state === "starting") void part.stopService();
    });
    const started = part.startService();
    expect(errorOf(started)).to.be.instanceOf(CancelledError);
    expect([part.state, log]).to.deep.equal(["stopped", []]);
  });

  describe("with privileges", () => {
    it("prepares first, then starts", () => {
      const seen = states();
      expect(watch(part.privilegedStartService())).to.deep.equal([undefined]);
      expect([part.state, part.running]).to.deep.equal(["prepared", false]);
      expect(watch(part.privilegedStartService())).to.deep.equal([undefined]);
      expect(watch(part.startService())).to.deep.equal([undefined]);
      expect(seen).to.deep.equal(["preparing", "prepared", "starting", "running"]);
      expect(log).to.deep.equal(["prepare part", "start part"]);
    });

    it("started while it prepares starts when it is prepared", () => {
      const { hook, open } = gate();
      part.onPrepare = hook;
      void part.privilegedStartService();
      const started = watch(part.startService());
      expect(log).to.deep.equal(["prepare part"]);
      open();
      expect([part.state, started]).to.deep.equal(["running", [undefined]]);
    });

    it("is stopped when it was only prepared", () => {
      void part.privilegedStartService();
      expect(watch(part.stopService())).to.deep.equal([undefined]);
      expect(log).to.deep.equal(["prepare part", "stop part"]);
    });

    it("is stopped, before it says so, when its start fails", () => {
      const { hook, open } = gate();
      part.onStop = hook;
      part.onStart = () => {
        throw new RangeError("no start");
      };
      void part.privilegedStartService();
      const started = watch(part.startService());
      expect([part.state, started]).to.deep.equal(["stopping", []]);
      open();
      expect(part.state).to.equal("stopped");
      expect((started[0] as Failed).failed).to.be.instanceOf(RangeError);
    });
  });

  describe("that is observed", () => {
    it("tells its states, with what it says and what has failed", () => {
      class Speaker extends Service {
        protected override start(): void {
          this.note("warming up");
          throw new RangeError("too cold");
        }
      }
      const speaker = new Speaker({ name: "speaker" });
      const seen: unknown[][] = [];
      const forget = speaker.onStateChange(({ path, state, detail, failure }) =>
        seen.push([path, state, detail, failure?.message]),
      );
      errorOf(speaker.startService());
      expect(seen).to.deep.equal([
        ["speaker", "starting", "", undefined],
        ["speaker", "starting", "warming up", undefined],
        ["speaker", "stopped", "", "RangeError: too cold"],
      ]);
      forget();
      errorOf(speaker.startService());
      expect(seen).to.have.length(3);
    });

    it("tells before those are told who wait", () => {
      part.onStateChange(({ state }) => log.push(state));
      part.startService().addCallback(() => log.push("told"));
      expect(log).to.deep.equal(["starting", "start part", "running", "told"]);
    });

    it("goes on when an observer throws, which is reported", async () => {
      part.onStateChange(() => {
        throw new RangeError("cannot see");
      });
      await part.startService();
      await new Promise((resolve) => setImmediate(resolve));
      expect(part.running).to.equal(true);
      expect(unhandled.splice(0).map(String)).to.deep.equal([
        "RangeError: cannot see",
        "RangeError: cannot see",
      ]);
    });
  });

  for (const name of ["", "a/b"]) {
    it(`cannot be called ${JSON.stringify(name)}`, () => {
      expect(() => part.setName(name)).to.throw(BadOptionError, "is no name for a service");
    });
  }

  for (const seconds of [0, -1, NaN, Infinity]) {
    it(`has no deadline of ${seconds} seconds`, () => {
      expect(() => new Service({ startTimeout: seconds })).to.throw(BadOptionError, "startTimeout");
      expect(() => new Service({ stopTimeout: seconds })).to.throw(BadOptionError, "stopTimeout");
    });
  }
});
