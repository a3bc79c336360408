import { expect } from "chai";
import { getProcessOutput } from "skein";
import { onLibuv } from "../support/processes.ts";
import { describeWithTerminals, onStage } from "../support/terminals.ts";

const RUNS = 1000;
const AT_ONCE = 8;
const TEXT = "0123456789".repeat(2000);

/** A thousand times what `echo` says, which ends with as many bytes as given. */
const echo = (pty: boolean, end: number): Promise<void> =>
  onLibuv(async (reactor) => {
    let runs = 0;
    const work = async (): Promise<void> => {
      while (runs < RUNS) {
        runs++;
        const output = await getProcessOutput(reactor, "/bin/echo", { args: [TEXT], pty });
        expect(output.length).to.equal(TEXT.length + end);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect(runs).to.equal(RUNS);
  });

describe("a thousand short processes", () => {
  it("lose not one byte of 20 kB each through pipes", () => echo(false, 1));
});

describeWithTerminals("a thousand short processes in terminals", () => {
  // "\r\n" comes of "\n".
  it("lose not one byte of 20 kB each", () => echo(true, 2));

  it("slow down a gigabyte, of which little is in memory at a time", () =>
    onStage("libuv", {}, async ({ start, reactor }) => {
      const before = process.memoryUsage().rss;
      let most = 0;
      let pauses = 0;
      const { probe, transport } = await start("head -c 1073741824 /dev/zero");
      probe.onData = () => {
        if (probe.bytes < pauses * 1_000_000) return;
        pauses++;
        most = Math.max(most, process.memoryUsage().rss - before);
        transport.pauseProducing();
        reactor.callLater(0, () => transport.resumeProducing());
      };
      await probe.whenEnded;
      expect(probe.bytes).to.equal(1_073_741_824);
      expect(most).to.be.lessThan(200_000_000);
    }));
});
