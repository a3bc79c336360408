import { expect } from "chai";
import { bytes, duration, screenOf } from "../../../src/cli/top/screen.ts";
import { viewOf } from "../../../src/cli/top/view.ts";
import type { Snapshot } from "../../../src/cli/control/snapshot.ts";

const snapshot = (upSeconds: number, moved: number): Snapshot => ({
  processes: [
    {
      id: 1,
      pid: 4711,
      ready: true,
      statistics: {
        seconds: 0,
        running: true,
        open: { port: 1, connection: 12, "delayed call": 3 },
        bytesReceived: moved,
        bytesSent: moved * 2,
        gauges: { "pool\u001B[2J": { queued: 4, workers: 2 } },
        pid: 4711,
        upSeconds,
        cpuSeconds: upSeconds / 2,
        residentBytes: 100 * 1024 * 1024,
        heapBytes: 20_000_000,
        loopDelay: { meanSeconds: 0.0012, maxSeconds: 0.5 },
      },
    },
    { id: 2, pid: 4712, ready: false, statistics: undefined },
    { id: 3, pid: 4713, ready: true, statistics: undefined },
  ],
});

describe("the screen of reactor top", () => {
  it("shows each process, rates as differences, and what the daemon says, as mere text", () => {
    const view = viewOf(snapshot(10, 4096), snapshot(8, 0));
    expect(screenOf("/run/x", view)).to.deep.equal([
      "/run/x",
      "",
      "#   PID  STATE      UP  CPU   MEM   HEAP  DELAY      MAX  CONN  TIMERS  IN/s  OUT/s",
      "1  4711  running   10s  50%  100M  19.1M  1.2ms  500.0ms    12       3  2.0K   4.0K",
      "2  4712  starting    -    -     -      -      -        -     0       0     -      -",
      "3  4713  busy        -    -     -      -      -        -     0       0     -      -",
      "",
      "1: 1 × port, 12 × connection, 3 × delayed call",
      "  pool?[2J: queued 4, workers 2",
      "2: nothing open",
      "3: nothing open",
    ]);
  });

  it("knows no rates from one snapshot", () => {
    const [process] = viewOf(snapshot(10, 4096), undefined);
    expect(process).to.include({ cpu: null, receivedPerSecond: null, delayMaxSeconds: null });
  });

  it("fits into the terminal, whatever its size", () => {
    const view = viewOf(snapshot(10, 4096), snapshot(8, 0));
    for (const [columns, rows] of [
      [80, 24],
      [20, 5],
      [1, 1],
    ] as const) {
      const lines = screenOf("/run/x", view, columns, rows);
      expect(lines.length).to.be.at.most(rows);
      for (const line of lines) expect(line.length).to.be.at.most(columns);
    }
  });

  it("writes sizes and times in short", () => {
    expect([0, 999, 1000, 1024, 150_000, 5e9].map(bytes)).to.deep.equal([
      "0B",
      "999B",
      "1.0K",
      "1.0K",
      "146K",
      "4.7G",
    ]);
    expect([5.9, 61, 3600, 180_000, 1e7].map(duration)).to.deep.equal([
      "5s",
      "1m01s",
      "1h00m",
      "2d2h",
      "115d17h",
    ]);
  });
});
