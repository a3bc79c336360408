import { expect } from "chai";
import { createReactor } from "skein/reactor";
import { followReactors, installVirtualGlobals, VirtualLeakError } from "skein/virtual/api";
import { virtually } from "../support/virtually.ts";
import { program } from "./processes.ts";

describe("restoring the globals", () => {
  it("puts back every property that was touched, and named imports of Node's", async () => {
    const { status, stdout, stderr } = await program(["test/fixtures/virtual/restored.ts"]);
    expect(status, stderr).to.equal(0);
    const { meanwhile, stillHooked, afterwards } = JSON.parse(stdout) as Record<string, string[]>;
    expect(afterwards).to.deep.equal([]);
    expect(stillHooked).to.deep.equal([]);
    expect(meanwhile).to.include.members([
      "globalThis setTimeout",
      "globalThis clearInterval",
      "globalThis Date",
      "timers setImmediate",
      "timersPromises setInterval",
      "scheduler wait",
      "AbortSignal timeout",
      "Date now",
      "performance now",
      "performance timeOrigin",
      "process hrtime",
      "Math random",
      "crypto randomInt",
      "webcrypto getRandomValues",
      "net Socket",
      "net connect",
      "net.Server.prototype listen",
      "tls connect",
      "dns lookup",
      "dns.promises resolve4",
      "named randomUUID",
      "named sleep",
      "named connect",
    ]);
  });

  it("forgets timers that wait", async () => {
    const reactor = createReactor("clock");
    const globals = installVirtualGlobals(reactor);
    let called = false;
    setTimeout(() => (called = true), 10);
    globals.restore();
    await reactor.advance(1);
    reactor.crash();
    expect(called).to.equal(false);
  });

  it("fails for leaks that nobody was told of", async () => {
    const reactor = createReactor("clock");
    const globals = installVirtualGlobals(reactor);
    void reactor.run();
    const { port1 } = new MessageChannel();
    port1.close();
    expect(() => globals.restore()).to.throw(VirtualLeakError, /messages \(MESSAGEPORT\), at 0 s/);
    expect(() => globals.restore()).not.to.throw();
    reactor.crash();
  });

  it("tells each leak once: by the advance() in which it was made, then no more", async () => {
    const reactor = createReactor("clock");
    const globals = installVirtualGlobals(reactor);
    reactor.callLater(1, () => new MessageChannel().port1.close());
    await reactor.advance(0.5);
    const error: unknown = await reactor.advance(1).then(undefined, (thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(VirtualLeakError);
    await reactor.advance(1);
    expect(globals.leaks).to.have.lengthOf(1);
    globals.restore();
    reactor.crash();
  });

  it("can be done by using", () => {
    const reactor = createReactor("clock");
    const real = Date.now();
    {
      using _globals = installVirtualGlobals(reactor);
      expect(Date.now()).to.equal(Date.UTC(2000));
    }
    expect(Date.now()).to.be.at.least(real);
  });

  it("refuses reactors that are not on virtual time, and a second one", () => {
    expect(() => installVirtualGlobals(createReactor("libuv")))
      .to.throw('backend "libuv" lacks; backends that have it: clock')
      .with.property("code", "ERR_NO_CAPABILITY");
    const globals = installVirtualGlobals(createReactor("clock"));
    expect(() => installVirtualGlobals(createReactor("clock")))
      .to.throw("the globals follow a reactor already: restore them first")
      .with.property("code", "ERR_BAD_OPTION");
    globals.restore();
  });

  it("refuses to follow reactors while the globals follow some, or others", async () => {
    const globals = followReactors();
    const expectRefusals = (): void => {
      for (const begin of [() => followReactors(), () => installVirtualGlobals(clock)]) {
        expect(begin).to.throw("already: restore them").with.property("code", "ERR_BAD_OPTION");
      }
    };
    const clock = createReactor("clock");
    expectRefusals();
    const reactor = createReactor("libuv");
    reactor.callWhenRunning(() => {
      expectRefusals();
      reactor.stop();
    });
    await reactor.run();
    globals.restore();
    followReactors().restore();
  });

  for (const [what, options] of Object.entries({
    "an epoch that is none": { epoch: "soon" },
    "a seed that is none": { seed: Number.NaN },
    "kinds of leaks that are none": { allow: ["files"] as never },
    "a text in the place of kinds of leaks": { allow: "fs" as never },
    "what is no list of kinds of leaks": { allow: 5 as never },
  })) {
    it(`refuses ${what}, and touches nothing`, () => {
      const reactor = createReactor("clock");
      expect(() => installVirtualGlobals(reactor, options))
        .to.throw()
        .with.property("code", "ERR_BAD_OPTION");
      const listeners = process.listenerCount("beforeExit");
      expect(() => followReactors(options))
        .to.throw()
        .with.property("code", "ERR_BAD_OPTION");
      expect(process.listenerCount("beforeExit")).to.equal(listeners);
      installVirtualGlobals(reactor).restore();
    });
  }

  it("leaves no trace in the next run", async () => {
    const first = await virtually(() => new Promise((resolve) => setTimeout(resolve, 5)));
    const second = await virtually(() => new Promise((resolve) => setTimeout(resolve, 5)));
    expect(second.hash).to.equal(first.hash);
  });
});
