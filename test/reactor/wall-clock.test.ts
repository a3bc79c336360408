import { expect } from "chai";
import {
  backends,
  createReactor,
  guest,
  type Reactor,
  wallSeconds,
} from "../../src/reactor/index.ts";
import wrapped from "../fixtures/backends/timers.ts";

const EPOCH = Date.UTC(2000, 0, 1) / 1000;

describe("wallSeconds", () => {
  /** Whether a reactor says the time of day. */
  function isNow(reactor: Reactor): boolean {
    const before = Date.now() / 1000;
    const told = wallSeconds(reactor);
    return told >= before && told <= Date.now() / 1000;
  }

  it("is the time of day on libuv and timer", () => {
    expect(isNow(createReactor("libuv"))).to.equal(true);
    expect(isNow(createReactor("timer"))).to.equal(true);
  });

  it("goes from 2000-01-01 on with virtual time", async () => {
    const reactor = createReactor("clock");
    expect(wallSeconds(reactor)).to.equal(EPOCH);
    await reactor.advance(0.5);
    expect(wallSeconds(reactor)).to.equal(EPOCH + 0.5);
  });

  it("is that of a guest's inner backend, else its host's time", () => {
    const host = { seconds: () => 42 };
    expect(wallSeconds(createReactor(guest(host)))).to.equal(42);
    expect(isNow(createReactor(guest(host, backends.libuv)))).to.equal(true);
  });

  it("is a backend's own clock where that says nothing else", () => {
    const reactor = createReactor(wrapped);
    expect(wallSeconds(reactor)).to.be.closeTo(reactor.seconds(), 1);
  });

  it("is what somebody else's reactor counts by", () => {
    const reactor = { seconds: () => 7 } as Reactor;
    expect(wallSeconds(reactor)).to.equal(7);
  });
});
