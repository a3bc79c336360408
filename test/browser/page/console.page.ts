import { expect } from "chai";
import { captureContext, Deferred, fail, NoContextError, setDebugging } from "skein/defer";
import { FilesystemLock, NoFilesystemError } from "skein/defer";
import { createReactor } from "skein/reactor";

/** What is printed as errors while `f` runs, and until all microtasks have. */
async function errorsOf(f: () => unknown): Promise<string[]> {
  const lines: string[] = [];
  const { error } = console;
  console.error = (...parts: unknown[]) => lines.push(parts.map(String).join(" "));
  try {
    await f();
    await new Promise((resolve) => setTimeout(resolve, 5));
  } finally {
    console.error = error;
  }
  return lines;
}

describe("what a page's console is told", () => {
  it("is a failure that nobody handles, with its stack", async () => {
    const [line, ...others] = await errorsOf(() => void fail(new RangeError("planted")));
    expect(others).to.deep.equal([]);
    expect(line).to.match(/^Unhandled failure in a Deferred \(#\d+\): RangeError: planted\n +at /);
  });

  it("is where it was made and fired, while debugging is on", async () => {
    setDebugging(true);
    try {
      const [line] = await errorsOf(() => new Deferred().errback(new Error("planted")));
      expect(line).to.include("it was made:\n").and.include("it was fired:\n");
    } finally {
      setDebugging(false);
    }
  });

  it("is an error in a delayed call, which the reactor outlives", async () => {
    const reactor = createReactor("timer");
    const lines = await errorsOf(async () => {
      reactor.callLater(0, () => {
        throw new Error("planted");
      });
      reactor.callLater(0.001, () => reactor.stop());
      await reactor.run();
    });
    expect(lines.join("\n")).to.include("planted");
  });
});

describe("what a page has not", () => {
  it("is files: a lock in them says so", () => {
    expect(() => new FilesystemLock("lock")).to.throw(NoFilesystemError, "needs Node");
  });

  it("is asynchronous contexts, unless one is given", () => {
    expect(() => captureContext()).to.throw(NoContextError);
    captureContext(
      () =>
        (f, ...args) =>
          f(...args),
    )();
  });
});
