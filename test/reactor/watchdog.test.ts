import { expect } from "chai";
import { BadOptionError, createReactor, type SlowCall } from "skein/reactor";

describe("libuv's watchdog", () => {
  it("tells the stack of a call that holds the loop", async () => {
    const told: SlowCall[] = [];
    const reactor = createReactor("libuv", {
      watchdogSeconds: 0.02,
      onSlow: (call) => {
        told.push(call);
        reactor.stop();
      },
    });
    function holdTheLoop(): void {
      const until = reactor.seconds() + 0.2;
      while (reactor.seconds() < until);
      // The watchdog may not have been there yet.
      if (told.length === 0) reactor.callLater(0.05, holdTheLoop);
    }
    reactor.callLater(0, holdTheLoop);
    await reactor.run();
    const [call] = told;
    expect(call?.stack).to.match(/^ {4}at holdTheLoop \(.*watchdog\.test\.ts:\d+:\d+\)$/m);
    expect(call?.seconds).to.be.at.least(0.02);
  });

  it("and slowCallbackSeconds tell a stall once, with what it was and its stack", async () => {
    const told: SlowCall[] = [];
    const reactor = createReactor("libuv", {
      watchdogSeconds: 0.02,
      slowCallbackSeconds: 0.02,
      onSlow: (call) => told.push(call),
    });
    let stalls = 0;
    function holdTheLoop(): void {
      stalls++;
      const until = reactor.seconds() + 0.3;
      while (reactor.seconds() < until);
      // As above; and once seen, what is told besides, if anything, comes soon.
      const seen = told.some(({ stack }) => stack !== undefined);
      reactor.callLater(0.05, seen ? () => reactor.stop() : holdTheLoop);
    }
    reactor.callLater(0, holdTheLoop);
    await reactor.run();
    expect(told.map(({ doing }) => doing)).to.deep.equal(
      Array.from({ length: stalls }, () => "running a delayed call"),
    );
    const withStack = told.find(({ stack }) => stack !== undefined);
    expect(withStack?.stack).to.match(/^ {4}at holdTheLoop \(.*watchdog\.test\.ts:\d+:\d+\)$/m);
    expect(withStack?.seconds).to.be.at.least(0.29);
  });

  it("tells of what slowCallbackSeconds does not cover, beside what it does", async () => {
    const told: SlowCall[] = [];
    const reactor = createReactor("libuv", {
      watchdogSeconds: 0.02,
      slowCallbackSeconds: 0.02,
      onSlow: (call) => {
        told.push(call);
        if (call.doing === "something") reactor.stop();
      },
    });
    function holdTheLoop(): void {
      const until = reactor.seconds() + 0.1;
      while (reactor.seconds() < until);
    }
    const stalling = setInterval(holdTheLoop, 30);
    reactor.callLater(0, holdTheLoop);
    try {
      await reactor.run();
    } finally {
      clearInterval(stalling);
    }
    expect(told[0]?.doing).to.equal("running a delayed call");
    expect(told.at(-1)?.stack).to.match(/^ {4}at (?:Timeout\.)?holdTheLoop /m);
  });

  it("lets a reactor run again, and its process end", async () => {
    const reactor = createReactor("libuv", { watchdogSeconds: 10 });
    for (let round = 0; round < 2; round++) {
      reactor.callLater(0.01, () => reactor.stop());
      await reactor.run();
    }
    expect(reactor.inspect()).to.deep.equal([]);
  });

  it("has a limit over nothing", () => {
    for (const watchdogSeconds of [0, -1, Number.NaN]) {
      expect(() => createReactor("libuv", { watchdogSeconds })).to.throw(BadOptionError);
    }
  });
});
