import { expect } from "chai";
import type { ReadStream } from "node:tty";
import { RawMode } from "../../src/reactor/backends/libuv/raw-mode.ts";

const EVENTS = ["exit", "SIGHUP", "SIGQUIT", "SIGTSTP", "SIGCONT"];

describe("raw mode", () => {
  it("leaves nobody listening when the terminal is lost as it is put into it", () => {
    const counts = (): number[] => EVENTS.map((event) => process.listenerCount(event));
    const before = counts();
    // A terminal that cannot be changed ends its connection from inside, which puts it back.
    const lost = { setRawMode: () => mode.set(false) };
    const mode = new RawMode(lost as unknown as ReadStream);
    mode.set(true);
    expect(counts()).to.deep.equal(before);
  });
});
