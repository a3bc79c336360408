import { expect } from "chai";
import sinon from "sinon";
import { createReactor } from "../../src/reactor/index.ts";
import { type LogEvent, logger, logTo, textLine } from "../../src/log/index.ts";

/** What is printed to standard error by the end of a call. */
function saidBy(f: () => void): unknown[] {
  const stub = sinon.stub(console, "error");
  try {
    f();
    return stub.args.flat();
  } finally {
    stub.restore();
  }
}

describe("logger", () => {
  const collected = (
    options?: Parameters<typeof logTo>[2],
  ): { reactor: ReturnType<typeof createReactor<"clock">>; events: LogEvent[] } => {
    const reactor = createReactor("clock");
    const events: LogEvent[] = [];
    logTo(reactor, (event) => events.push(event), options);
    return { reactor, events };
  };

  it("gives each event its virtual time, level, message and fields", async () => {
    const { reactor, events } = collected();
    const log = logger(reactor);
    log.info("first", { port: 7000 });
    reactor.callLater(90, () => log.error("second"));
    await reactor.advance(100);
    expect(events).to.deep.equal([
      { time: 946_684_800, level: "info", message: "first", fields: { port: 7000 } },
      { time: 946_684_890, level: "error", message: "second", fields: {} },
    ]);
  });

  it("says the time of day on libuv and timer", () => {
    for (const name of ["libuv", "timer"] as const) {
      const reactor = createReactor(name);
      const times: number[] = [];
      logTo(reactor, ({ time }) => times.push(time));
      const before = Date.now() / 1000;
      logger(reactor).info("now");
      expect(times[0]).to.be.within(before, Date.now() / 1000);
    }
  });

  it("leaves out what is below the level", () => {
    for (const [level, expected] of [
      ["debug", ["debug", "info", "warn", "error"]],
      ["warn", ["warn", "error"]],
    ] as const) {
      const { reactor, events } = collected({ level });
      const log = logger(reactor);
      for (const each of ["debug", "info", "warn", "error"] as const) log[each]("said");
      expect(events.map((event) => event.level)).to.deep.equal(expected);
      expect(log.enabled("debug")).to.equal(level === "debug");
      expect(log.enabled("error")).to.equal(true);
    }
  });

  it("gives the fields of its children, of the log, and its own, which win", () => {
    const { reactor, events } = collected({ fields: { worker: 1, a: "log" } });
    const peer = logger(reactor).child({ peer: "10.0.0.5", a: "outer" });
    peer.child({ a: "inner" }).info("one");
    peer.info("two", { peer: "other" });
    logger(reactor).info("three");
    expect(events.map(({ fields }) => fields)).to.deep.equal([
      { worker: 1, peer: "10.0.0.5", a: "inner" },
      { worker: 1, peer: "other", a: "outer" },
      { worker: 1, a: "log" },
    ]);
  });

  it("goes where the reactor's log goes when it speaks, and back", () => {
    const { reactor, events } = collected();
    const log = logger(reactor);
    const others: string[] = [];
    const restore = logTo(reactor, ({ message }) => others.push(message));
    log.info("there");
    restore();
    log.info("here");
    expect(others).to.deep.equal(["there"]);
    expect(events.map(({ message }) => message)).to.deep.equal(["here"]);
  });

  it("goes to standard error unless it is sent elsewhere", () => {
    const reactor = createReactor("clock");
    const said = saidBy(() => logger(reactor).info("hello"));
    expect(said).to.deep.equal(["2000-01-01T00:00:00.000Z info  hello"]);
  });

  it("gets the errors that the reactor reports, until it is sent back", async () => {
    const { reactor, events } = collected();
    const error = new Error("in a call");
    reactor.callLater(1, () => {
      throw error;
    });
    await reactor.advance(1);
    expect(events).to.deep.equal([
      {
        time: 946_684_801,
        level: "error",
        message: "error while running a delayed call",
        fields: { error },
      },
    ]);
  });

  it("does not get them where there is an onError", () => {
    const reported: unknown[] = [];
    const reactor = createReactor("clock", { onError: (error) => reported.push(error) });
    const events: LogEvent[] = [];
    logTo(reactor, (event) => events.push(event));
    reactor.reportError("text", "testing");
    expect([reported, events]).to.deep.equal([["text"], []]);
  });

  it("says once that its sink throws, and lets nobody feel it", () => {
    const reactor = createReactor("clock");
    logTo(reactor, () => {
      throw new Error("no pen");
    });
    const said = saidBy(() => {
      logger(reactor).info("one");
      logger(reactor).info("two");
    });
    expect(said).to.deep.equal(["The log cannot be written: no pen; it is said once"]);
  });

  it("leaves out what is too much for a second, and says how much", async () => {
    const { reactor, events } = collected({ perSecondMax: 2 });
    const log = logger(reactor);
    for (let i = 0; i < 5; i++) log.info(`event ${i}`);
    await reactor.advance(1);
    log.info("later");
    expect(events.map(({ message }) => message)).to.deep.equal([
      "event 0",
      "event 1",
      "3 events were left out: over 2 came in a second",
      "later",
    ]);
  });

  it("says how much that was when the log ends, too", () => {
    const reactor = createReactor("clock");
    const messages: string[] = [];
    const end = logTo(reactor, ({ message }) => messages.push(message), { perSecondMax: 1 });
    logger(reactor).info("one");
    logger(reactor).info("two");
    end();
    expect(messages).to.deep.equal(["one", "1 events were left out: over 1 came in a second"]);
  });

  it("refuses options that cannot work", () => {
    const reactor = createReactor("clock");
    expect(() => logTo(reactor, () => {}, { level: "loud" as "info" })).to.throw(
      'there is no log level "loud"; there are: debug, info, warn, error',
    );
    expect(() => logTo(reactor, () => {}, { perSecondMax: 0 })).to.throw(
      "perSecondMax must be 1 or more events, not 0",
    );
  });

  it("writes the same lines each time on clock", async () => {
    const lines = async (): Promise<string[]> => {
      const reactor = createReactor("clock");
      const written: string[] = [];
      logTo(reactor, (event) => written.push(textLine(event)));
      const log = logger(reactor);
      for (const seconds of [0.1, 0.2, 0.1 + 0.2, 3]) {
        reactor.callLater(seconds, () => log.info("tick", { at: reactor.seconds() }));
      }
      await reactor.advance(5);
      return written;
    };
    const first = await lines();
    expect(first[0]).to.equal("2000-01-01T00:00:00.100Z info  tick at=0.1");
    expect(await lines()).to.deep.equal(first);
  });

  it("lets nobody feel it when fields cannot be read", () => {
    const { reactor, events } = collected();
    const fields = {
      n: 1,
      get bad(): never {
        throw new Error("no");
      },
    };
    logger(reactor).child({ peer: "a" }).info("hello", fields);
    expect(events.map((event) => textLine(event).slice(25))).to.deep.equal([
      'info  hello peer=a fields={"n":1,"bad":"[cannot be shown]"}',
    ]);
  });
});
