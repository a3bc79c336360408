import { expect } from "chai";
import { Deferred, fail, succeed } from "skein/defer";
import { afterMicrotasks, collectUnhandled, watch } from "../support/outcomes.ts";

describe("pause and unpause", () => {
  const unhandled = collectUnhandled();

  it("hold back the callbacks of a fired Deferred", () => {
    const deferred = succeed("value");
    deferred.pause();
    const outcomes = watch(deferred);
    expect(outcomes).to.deep.equal([]);
    deferred.unpause();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("hold back the callbacks when it fires", () => {
    const deferred = new Deferred<string>();
    const outcomes = watch(deferred);
    deferred.pause();
    deferred.callback("value");
    expect(outcomes).to.deep.equal([]);
    deferred.unpause();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("are counted", () => {
    const deferred = succeed("value");
    deferred.pause();
    deferred.pause();
    const outcomes = watch(deferred);
    deferred.unpause();
    expect(outcomes).to.deep.equal([]);
    deferred.unpause();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("do not fire an unfired Deferred", () => {
    const deferred = new Deferred<string>();
    const outcomes = watch(deferred);
    deferred.pause();
    deferred.unpause();
    expect(outcomes).to.deep.equal([]);
    deferred.callback("value");
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("do not stop a run of callbacks that is under way, as in Twisted", () => {
    const log: string[] = [];
    const deferred = new Deferred<void>();
    deferred.addCallback(() => deferred.pause());
    deferred.addCallback(() => log.push("in the same run"));
    deferred.callback();
    deferred.addCallback(() => log.push("held back"));
    expect(log).to.deep.equal(["in the same run"]);
    deferred.unpause();
    expect(log).to.deep.equal(["in the same run", "held back"]);
  });

  it("are harmless inside one callback", () => {
    const log: string[] = [];
    const deferred = new Deferred<void>();
    deferred.addCallback(() => {
      deferred.pause();
      deferred.unpause();
      log.push("first");
    });
    deferred.addCallback(() => log.push("second"));
    deferred.callback();
    expect(log).to.deep.equal(["first", "second"]);
  });

  it("ignore an unpause that is one too many", () => {
    const deferred = succeed("value");
    deferred.unpause();
    deferred.pause();
    const outcomes = watch(deferred);
    expect(outcomes).to.deep.equal([]);
    deferred.unpause();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("do not let a chain out of its wait for another Deferred", () => {
    const inner = new Deferred<string>();
    const outer = succeed(0).addCallback(() => inner);
    const outcomes = watch(outer);
    outer.unpause();
    expect(outcomes).to.deep.equal([]);
    outer.pause();
    inner.callback("value");
    expect(outcomes).to.deep.equal([]);
    outer.unpause();
    expect(outcomes).to.deep.equal(["value"]);
  });

  it("hold back the report of a failure too", async () => {
    const deferred = fail("planted");
    deferred.pause();
    await afterMicrotasks();
    expect(unhandled).to.deep.equal([]);
    deferred.unpause();
    await afterMicrotasks();
    expect(unhandled).to.deep.equal(["planted"]);
  });
});
