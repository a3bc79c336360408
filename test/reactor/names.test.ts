import { expect } from "chai";
import { CancelledError, Deferred, succeed, TimeoutError } from "skein/defer";
import {
  type backends,
  BadOptionError,
  ClockWorld,
  ConnectionRefusedError,
  createReactor,
  NoCapabilityError,
  type NameResolver,
  QueueFullError,
  type ReactorOn,
  ReactorNotRunningError,
  type ResolvedAddress,
  type SimulatedName,
  UnknownHostError,
} from "skein/reactor";
import { Asking, Shouting } from "../support/streams.ts";
import { dialling } from "../support/dialling.ts";
import { errorOf, type Failed, watch } from "../support/outcomes.ts";

type Clock = ReactorOn<typeof backends.clock>;

const withNames = (names: Record<string, SimulatedName>, trace: string[] = []): Clock =>
  createReactor("clock", { names, trace: ({ at, event }) => trace.push(`${at} ${event}`) });

const texts = (found: readonly ResolvedAddress[]): string =>
  found.map(({ address, ttl }) => `${address}/${ttl}`).join(" ");

describe("names on clock", () => {
  it("are those of the script, with their TTLs, in its order", async () => {
    const reactor = withNames({
      one: "10.0.0.1",
      "two.example": ["10.0.0.2", "2001:DB8::2"],
      "three.example": { addresses: ["10.0.0.3"], ttl: 5 },
    });
    const log: string[] = [];
    for (const host of ["one", "two.example", "three.example", "localhost", "10.1.2.3", "::1"]) {
      reactor.nameResolver
        .resolve(host)
        .addCallback((found) => log.push(`${host}: ${texts(found)}`));
    }
    await reactor.advance(0);
    expect(log).to.have.members([
      "one: 10.0.0.1/60",
      "two.example: 10.0.0.2/60 2001:db8::2/60",
      "three.example: 10.0.0.3/5",
      "localhost: 127.0.0.1/60 ::1/60",
      "10.1.2.3: 10.1.2.3/undefined",
      "::1: ::1/undefined",
    ]);
  });

  it("mean the same in capitals and with a dot at the end, and nothing else", async () => {
    const reactor = withNames({ "Tea.Example.": "10.0.0.1" });
    const found = ["tea.example", "TEA.EXAMPLE", "tea.example."].map((host) =>
      watch(reactor.nameResolver.resolve(host)),
    );
    const unknown = ["", ".", "tea.exampl", "sub.tea.example", "constructor", "x.invalid"].map(
      (host) => reactor.nameResolver.resolve(host),
    );
    const failures = unknown.map((each) => watch(each));
    await reactor.advance(0);
    expect(found.map(([one]) => texts(one as ResolvedAddress[]))).to.deep.equal(
      found.map(() => "10.0.0.1/60"),
    );
    for (const [one] of failures) {
      expect((one as Failed).failed)
        .to.be.instanceOf(UnknownHostError)
        .and.include({ temporary: false, code: "ERR_UNKNOWN_HOST" });
    }
  });

  it("can be asked for one family", async () => {
    const reactor = withNames({ both: ["10.0.0.1", "::2"], four: "10.0.0.4" });
    const resolve = (host: string, family: 4 | 6): unknown[] =>
      watch(reactor.nameResolver.resolve(host, { family }).addCallback(texts));
    const outcomes = [resolve("both", 4), resolve("both", 6), resolve("10.0.0.9", 4)];
    const failures = [resolve("four", 6), resolve("10.0.0.9", 6)];
    await reactor.advance(0);
    expect(outcomes).to.deep.equal([["10.0.0.1/60"], ["::2/60"], ["10.0.0.9/undefined"]]);
    for (const [one] of failures) {
      expect((one as Failed).failed).to.be.instanceOf(UnknownHostError);
      expect(((one as Failed).failed as Error).message).to.match(/^no IPv6 address is known for/);
    }
  });

  it("take the time, and fail, as scripted", async () => {
    const trace: string[] = [];
    const reactor = withNames(
      {
        slow: { addresses: ["10.0.0.1"], delay: 2.5 },
        lost: { delay: Infinity },
        gone: { delay: 1 },
        down: { failing: true, delay: 0.5, addresses: ["10.0.0.1"] },
      },
      trace,
    );
    const log: string[] = [];
    for (const host of ["slow", "lost", "gone", "down"]) {
      reactor.nameResolver.resolve(host, { timeout: 10 }).addCallbacks(
        (found) => log.push(`${reactor.seconds()} ${host} ${texts(found)}`),
        ({ value }) => {
          const { name, temporary } = value as UnknownHostError;
          log.push(`${reactor.seconds()} ${host} ${name} ${temporary}`);
        },
      );
    }
    await reactor.advance(60);
    expect(log).to.deep.equal([
      "0.5 down UnknownHostError true",
      "1 gone UnknownHostError false",
      "2.5 slow 10.0.0.1/60",
      "10 lost TimeoutError undefined",
    ]);
    expect(trace.filter((event) => !event.includes("turn"))).to.deep.equal([
      "0 asked about lost, in vain",
      "0.5 down is not to be found out",
      "1 gone is unknown",
      "2.5 slow is 10.0.0.1",
    ]);
  });

  it("change over time", async () => {
    const reactor = withNames({
      moving: [
        { addresses: ["10.0.0.3"], from: 20 },
        { addresses: ["10.0.0.1"] },
        { failing: true, from: 10 },
      ],
      coming: [{ addresses: ["10.0.0.1"], from: 15 }],
    });
    const log: string[] = [];
    for (let i = 0; i < 3; i++) {
      for (const host of ["moving", "coming"]) {
        reactor.nameResolver.resolve(host).addCallbacks(
          (found) => log.push(`${reactor.seconds()} ${host} ${texts(found)}`),
          () => log.push(`${reactor.seconds()} ${host} –`),
        );
      }
      await reactor.advance(10);
    }
    expect(log).to.deep.equal([
      "0 moving 10.0.0.1/60",
      "0 coming –",
      "10 moving –",
      "10 coming –",
      "20 moving 10.0.0.3/60",
      "20 coming 10.0.0.1/60",
    ]);
  });

  it("are given up by cancel, and nothing is left to happen", async () => {
    const reactor = withNames({ slow: { addresses: ["10.0.0.1"], delay: 100 } });
    await reactor.advance(0);
    const looking = reactor.nameResolver.resolve("slow");
    expect(reactor.inspect().map(({ kind, description }) => [kind, description])[0]).to.deep.equal([
      "name lookup",
      "slow",
    ]);
    looking.cancel();
    expect(errorOf(looking)).to.be.instanceOf(CancelledError);
    expect(reactor.inspect()).to.deep.equal([]);
    await reactor.runUntilIdle();
    expect(reactor.seconds()).to.equal(0);
  });

  it("are looked up while the reactor runs: not before, and not while it stops", async () => {
    const reactor = withNames({ tea: "10.0.0.1", slow: { addresses: ["10.0.0.1"], delay: 100 } });
    const early = watch(reactor.nameResolver.resolve("tea").addCallback(texts));
    expect(early).to.deep.equal([]);
    await reactor.advance(0);
    expect(early).to.deep.equal(["10.0.0.1/60"]);

    const slow = watch(reactor.nameResolver.resolve("slow"));
    const late: unknown[][] = [];
    reactor.addSystemEventTrigger("during", "shutdown", () => {
      late.push(watch(reactor.nameResolver.resolve("tea")));
    });
    reactor.stop();
    await reactor.advance(1);
    expect((slow[0] as Failed).failed).to.be.instanceOf(CancelledError);
    expect((late.flat()[0] as Failed).failed).to.be.instanceOf(ReactorNotRunningError);

    const again = watch(reactor.nameResolver.resolve("tea").addCallback(texts));
    await reactor.advance(0);
    expect(again).to.deep.equal(["10.0.0.1/60"]);
  });

  it("are 10,000 under way at the most", () => {
    const reactor = withNames({});
    const all = Array.from({ length: 10_000 }, (_, i) => reactor.nameResolver.resolve(`host${i}`));
    expect(errorOf(reactor.nameResolver.resolve("one-more"))).to.be.instanceOf(QueueFullError);
    for (const each of all) {
      each.addErrback((failure) => void failure.trap(CancelledError));
      each.cancel();
    }
    const next = reactor.nameResolver.resolve("one-more");
    expect(next.called).to.equal(false);
    next.addErrback(() => {});
    next.cancel();
  });

  it("are the world's, for all its reactors", async () => {
    const world = new ClockWorld({ names: { tea: "10.0.0.1" } });
    const [one, two] = [createReactor("clock", { world }), createReactor("clock", { world })];
    const outcomes = [one, two].map((reactor) =>
      watch(reactor.nameResolver.resolve("tea").addCallback(texts)),
    );
    await one.advance(0);
    await two.advance(0);
    expect(outcomes).to.deep.equal([["10.0.0.1/60"], ["10.0.0.1/60"]]);
    expect(() => createReactor("clock", { world, names: {} })).to.throw(BadOptionError, /names/);
  });

  it("refuse scripts and timeouts that cannot be", () => {
    for (const script of [
      "not-an-address",
      ["10.0.0.1", "x"],
      { addresses: ["10.0.0.1"], ttl: -1 },
      { delay: NaN },
      [{ from: -3 }],
    ]) {
      expect(() => withNames({ tea: script })).to.throw(BadOptionError, /the name "tea": /);
    }
    for (const timeout of [0, -1, NaN, Infinity]) {
      expect(() => withNames({}).nameResolver.resolve("tea", { timeout })).to.throw(BadOptionError);
    }
  });
});

describe("installNameResolver", () => {
  class Fixed implements NameResolver {
    readonly asked: string[] = [];
    resolve(host: string): Deferred<readonly ResolvedAddress[]> {
      this.asked.push(host);
      return succeed([{ address: "127.0.0.1", family: 4, ttl: undefined }]);
    }
  }

  it("returns the one before, and has connectTCP ask the new one", async () => {
    const reactor = withNames({});
    await reactor.advance(0);
    const own = reactor.nameResolver;
    const fixed = new Fixed();
    expect(reactor.installNameResolver(fixed)).to.equal(own);
    expect(reactor.nameResolver).to.equal(fixed);
    void reactor.listenTCP(7000, new Shouting());
    await reactor.advance(0);
    const asking = new Asking("tea");
    const connector = reactor.connectTCP("kettle", 7000, asking);
    await reactor.advance(1);
    expect(await asking.answer).to.equal("TEA");
    expect(connector.getDestination()).to.deep.equal({ host: "kettle", port: 7000 });
    expect(fixed.asked).to.deep.equal(["kettle"]);
    expect(reactor.installNameResolver(own)).to.equal(fixed);
  });

  it("is not asked about addresses", async () => {
    const reactor = withNames({});
    const fixed = new Fixed();
    reactor.installNameResolver(fixed);
    const asking = new Asking("tea");
    reactor.connectTCP("10.0.0.1", 7000, asking);
    await reactor.advance(1);
    expect(await asking.answer.catch((error: unknown) => error)).to.be.instanceOf(
      ConnectionRefusedError,
    );
    expect(fixed.asked).to.deep.equal([]);
  });

  for (const [what, resolve] of [
    ["knows nothing", () => succeed([])],
    ["gives what is no address", () => succeed([{ address: "x", family: 4, ttl: 1 }])],
  ] as const) {
    it(`that ${what} makes UnknownHost`, async () => {
      const reactor = withNames({});
      reactor.installNameResolver({ resolve } as NameResolver);
      const asking = new Asking("tea");
      reactor.connectTCP("kettle", 7000, asking);
      await reactor.advance(1);
      expect(await asking.answer.catch((error: unknown) => error)).to.be.instanceOf(
        UnknownHostError,
      );
    });
  }

  it("that throws fails the connect with its error", async () => {
    const reactor = withNames({});
    reactor.installNameResolver({
      resolve: () => {
        throw new RangeError("no");
      },
    });
    const asking = new Asking("tea");
    reactor.connectTCP("kettle", 7000, asking);
    await reactor.advance(1);
    expect(await asking.answer.catch((error: unknown) => error)).to.be.instanceOf(RangeError);
  });

  it("is given up with the connect, and by its timeout", async () => {
    const reactor = withNames({});
    let cancels = 0;
    reactor.installNameResolver({ resolve: () => new Deferred(() => cancels++) });
    const [first, second] = [new Asking("tea"), new Asking("tea")];
    reactor.connectTCP("kettle", 7000, first).stopConnecting();
    const connector = reactor.connectTCP("kettle", 7000, first);
    reactor.connectTCP("kettle", 7000, second, { timeout: 2 });
    await reactor.advance(1);
    connector.stopConnecting();
    expect(cancels).to.equal(1);
    await reactor.advance(5);
    expect(cancels).to.equal(2);
    expect(await first.answer.catch((error: unknown) => error)).to.be.instanceOf(CancelledError);
    expect(await second.answer.catch((error: unknown) => error)).to.be.instanceOf(TimeoutError);
    expect(reactor.inspect()).to.deep.equal([]);
  });

  it("is not there on a backend without names, which says so", () => {
    const untyped = createReactor("timer") as unknown as Clock;
    expect(() => untyped.nameResolver).to.throw(
      NoCapabilityError,
      /^nameResolver needs the capability "names".*libuv, clock/,
    );
    expect(() => untyped.installNameResolver(new Fixed())).to.throw(NoCapabilityError);
  });
});

describe("connectTCP by a name with several addresses", () => {
  const connect = async (
    fates: Parameters<typeof dialling>[1],
    options: { bindAddress?: string } = {},
  ): Promise<{ log: string[]; outcome: unknown }> => {
    const { reactor, log } = dialling({ kettle: ["10.0.0.1", "10.0.0.2", "::3"] }, fates);
    await reactor.advance(0);
    void reactor.listenTCP(80, new Shouting(), { interface: "::" });
    const asking = new Asking("tea");
    reactor.connectTCP("kettle", 80, asking, options);
    await reactor.advance(40);
    return { log, outcome: await asking.answer.catch((error: unknown) => error) };
  };

  it("takes the first that answers, as a HostnameEndpoint does", async () => {
    const { log, outcome } = await connect({
      "10.0.0.1": { ends: "never" },
      "::3": { ends: "refused", after: 0.1 },
      "10.0.0.2": { ends: "connects", after: 0.1 },
    });
    expect(log).to.deep.equal([
      "0 dial 10.0.0.1",
      "0.3 dial ::3",
      "0.4 dial 10.0.0.2",
      "0.5 given up 10.0.0.1",
    ]);
    expect(outcome).to.equal("TEA");
  });

  it("fails as the first address has, when all have", async () => {
    const { outcome } = await connect({ "10.0.0.1": { ends: "refused", after: 5 } });
    expect(outcome).to.be.instanceOf(ConnectionRefusedError);
    expect((outcome as Error).message).to.contain("10.0.0.1");
  });

  it("has its own timeout for all of them", async () => {
    const never = { ends: "never" } as const;
    const { log, outcome } = await connect({ "10.0.0.1": never, "10.0.0.2": never, "::3": never });
    expect(outcome).to.be.instanceOf(TimeoutError);
    expect(log.filter((line) => line.startsWith("30 given up"))).to.have.lengthOf(3);
  });

  it("leaves out the family that it is not bound to", async () => {
    const { log } = await connect({ "::3": { ends: "connects" } }, { bindAddress: "::9" });
    expect(log).to.deep.equal(["0 dial ::3"]);
  });
});
