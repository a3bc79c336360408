import { expect } from "chai";
import { Deferred, fail, inlineCallbacks, onUnhandledFailure, succeed } from "skein/defer";
import * as sinon from "sinon";
import { afterMicrotasks, watch } from "../support/outcomes.ts";

describe("a failure that was reported as unhandled", () => {
  const log: string[] = [];
  let restore: () => void;

  beforeEach(() => {
    log.length = 0;
    restore = onUnhandledFailure(
      ({ value }) => log.push(`unhandled ${String(value)}`),
      ({ value }) => log.push(`handled ${String(value)}`),
    );
  });

  afterEach(() => restore());

  /** In an object, as it would be waited for. */
  async function reported(): Promise<{ deferred: Deferred<number> }> {
    const deferred = fail("planted");
    await afterMicrotasks();
    expect(log).to.deep.equal(["unhandled planted"]);
    return { deferred };
  }

  const handled = ["unhandled planted", "handled planted"];

  it("is noted as handled later by an errback", async () => {
    const { deferred } = await reported();
    deferred.addErrback(() => 1).addErrback(() => 2);
    await afterMicrotasks();
    expect(log).to.deep.equal(handled);
  });

  it("is noted as handled later by an await", async () => {
    const { deferred } = await reported();
    const [settled] = await Promise.allSettled([deferred]);
    expect(settled).to.deep.equal({ status: "rejected", reason: "planted" });
    expect(log).to.deep.equal(handled);
  });

  it("is noted as handled later by a coroutine", async () => {
    const { deferred } = await reported();
    inlineCallbacks(function* () {
      try {
        yield deferred;
      } catch {
        log.push("caught");
      }
    })();
    expect(log).to.deep.equal(["unhandled planted", "handled planted", "caught"]);
  });

  it("is noted as handled later by an errback that waits for another Deferred", async () => {
    const { deferred } = await reported();
    deferred.addErrback(() => new Deferred<number>());
    expect(log).to.deep.equal(handled);
  });

  it("is neither handled nor reported again by being handed on", async () => {
    const { deferred } = await reported();
    const end = succeed(0).addCallback(() => deferred.addErrback((failure) => failure));
    await afterMicrotasks();
    expect(log).to.deep.equal(["unhandled planted"]);
    watch(end);
    await afterMicrotasks();
    expect(log).to.deep.equal(handled);
  });

  it("is reported as another one when an errback throws its error again", async () => {
    const { deferred } = await reported();
    deferred.addErrback((failure) => failure.raise());
    await afterMicrotasks();
    expect(log).to.deep.equal([...handled, "unhandled planted"]);
    watch(deferred);
  });

  it("is told of by number on standard error", async () => {
    restore();
    const print = sinon.stub(console, "error");
    try {
      const deferred = fail("planted");
      await afterMicrotasks();
      watch(deferred);
      const lines = print.args.map(([line]) => String(line));
      const number = /#(\d+)/.exec(lines[0] ?? "")?.[1];
      expect(lines).to.deep.equal([
        `Unhandled failure in a Deferred (#${number}): planted`,
        `Unhandled failure #${number} was handled later`,
      ]);
    } finally {
      print.restore();
    }
  });
});
