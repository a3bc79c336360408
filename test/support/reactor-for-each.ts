import { expect } from "chai";
import { type ClockOptions, createReactor } from "skein/reactor";
import { certificates } from "./certificates.ts";
import type { AnyReactor } from "./endpoint-kinds.ts";
import { collectUnhandled } from "./outcomes.ts";

/**
 * Gives each test of a `describe` a reactor that runs, and stops it: then nothing is left open, and
 * nothing unhandled. Returns what was reported, which a test that expects it takes out.
 */
export function reactorForEach(
  backend: "libuv" | "clock",
  take: (reactor: AnyReactor) => void,
  options: ClockOptions = {},
): unknown[] {
  const unhandled = collectUnhandled();
  const errors: unknown[] = [];
  let reactor: AnyReactor;
  let stopped: PromiseLike<void>;
  beforeEach(() => {
    errors.length = 0;
    const onError = (error: unknown): unknown => errors.push(error);
    reactor =
      backend === "libuv"
        ? createReactor("libuv", { onError })
        : createReactor("clock", {
            certificates: certificates().simulated,
            ...options,
            onError,
          });
    // Clocks drive themselves too, while something is left to happen.
    reactor.callLater(600, () => {});
    stopped = reactor.run();
    take(reactor);
  });
  afterEach(async () => {
    reactor.stop();
    await stopped;
    const left = reactor.inspect().filter(({ kind }) => kind !== "delayed call");
    expect(left.map(({ kind, description }) => `${kind}: ${description}`)).to.deep.equal([]);
    expect(errors).to.deep.equal([]);
    expect(unhandled).to.deep.equal([]);
  });
  return errors;
}
