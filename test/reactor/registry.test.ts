import { expect } from "chai";
import {
  type AnyBackend,
  BackendFaultError,
  backends,
  createReactor,
  type Loop,
  NoCapabilityError,
  UnknownBackendError,
} from "skein/reactor";
import { ClientFactory } from "skein/protocols";
import { trivial } from "../fixtures/trivial-backend.ts";

class Nothing extends ClientFactory {
  override buildProtocol(): null {
    return null;
  }
}

describe("createReactor", () => {
  it("makes a reactor on a backend by name", () => {
    for (const name of ["libuv", "timer", "clock"] as const) {
      expect(createReactor(name).backend).to.equal(name);
    }
  });

  it("makes a reactor on a backend it has never seen", async () => {
    const reactor = createReactor(trivial);
    reactor.callLater(0, () => reactor.stop());
    await reactor.run();
    expect(reactor.backend).to.equal("trivial");
  });

  it("names the backends there are when there is none of that name", () => {
    for (const name of ["epoll", "constructor", "__proto__"]) {
      expect(() => createReactor(name as "timer"))
        .to.throw(UnknownBackendError, /libuv, timer, clock/)
        .with.property("code", "ERR_UNKNOWN_BACKEND");
    }
  });

  it("says what a backend lacks, and who has it", () => {
    for (const reactor of [createReactor("timer"), createReactor(trivial)]) {
      const untyped = reactor as unknown as Record<string, () => void>;
      const call = (): void => untyped["listenTCP"]?.();
      expect(call)
        .to.throw(NoCapabilityError, reactor.backend)
        .that.deep.includes({
          code: "ERR_NO_CAPABILITY",
          backend: reactor.backend,
          capability: "tcp",
          available: ["libuv", "clock"],
        });
      expect(call).to.throw(/listenTCP\(\).*"tcp".*libuv, clock/);
      expect(() => untyped["advance"]?.()).to.throw(NoCapabilityError, /"clock"/);
      expect(() => untyped["startWorker"]?.()).to.throw(NoCapabilityError, /"threads"/);
    }
  });

  it("does not believe a backend that lacks what it claims", () => {
    const boaster = { ...trivial, name: "boaster", capabilities: ["tcp"] } as unknown as AnyBackend;
    const make = (): void => void createReactor(boaster);
    expect(make).to.throw(BackendFaultError, /boaster.*tcp.*listenTCP/);
    const nameless = { ...trivial, capabilities: ["names"] } as unknown as AnyBackend;
    const open = (): unknown => ({ ...trivial.open({} as Loop, {}), names: {} });
    const makeNameless = (): void =>
      void createReactor({ ...nameless, open } as unknown as AnyBackend);
    expect(makeNameless).to.throw(BackendFaultError, /"names", but has no nameResolver$/);
  });

  it("makes reactors that know nothing of one another", async () => {
    const [one, two] = [createReactor("clock"), createReactor("clock")];
    one.callLater(5, () => {});
    await one.advance(10);
    expect(two.seconds()).to.equal(0);
    expect(two.getDelayedCalls()).to.deep.equal([]);
    expect(two.running).to.equal(false);
  });

  it("runs several reactors at once", async () => {
    const finished: string[] = [];
    const reactors = [createReactor("libuv"), createReactor("timer"), createReactor("clock")];
    await Promise.all(
      reactors.map(async (reactor) => {
        reactor.callLater(0.01, () => reactor.stop());
        await reactor.run();
        finished.push(reactor.backend);
      }),
    );
    expect(finished).to.have.members(["libuv", "timer", "clock"]);
  });

  it("sends errors to standard error when nobody else wants them", async () => {
    const reactor = createReactor("clock");
    const printed: unknown[][] = [];
    const { error: print } = console;
    console.error = (...words: unknown[]) => printed.push(words);
    try {
      reactor.callLater(0, () => {
        throw new Error("nobody's");
      });
      await reactor.advance(0);
      // What is done may be told in a peer's words: no line of theirs, nor an order to a terminal.
      reactor.reportError(new Error("none"), "answering GET /\n\u009b2J");
    } finally {
      console.error = print;
    }
    expect(String(printed[0])).to.match(/delayed call.*nobody's/);
    expect(printed[1]?.[0]).to.equal("Error while answering GET /\\n\\u009b2J:");
  });

  it("has types that know what each backend can do", () => {
    // Never called: the compiler is the judge.
    const judge = (): void => {
      createReactor("libuv").connectTCP("localhost", 7, new Nothing());
      createReactor("clock", { latency: 1 }).advance(1);
      // @ts-expect-error -- timer has no network
      void createReactor("timer").listenTCP;
      // @ts-expect-error -- only the clock can be advanced
      void createReactor("libuv").advance;
      // @ts-expect-error -- the clock's option
      createReactor("libuv", { latency: 1 });
      // @ts-expect-error -- no backend of this name
      createReactor("epoll");
      // @ts-expect-error -- a backend with timers only
      void createReactor(trivial).listenTCP;
    };
    expect(judge).to.be.a("function");
    expect(Object.keys(backends)).to.deep.equal(["libuv", "timer", "clock"]);
  });
});
