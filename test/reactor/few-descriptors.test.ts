import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runFixture } from "../support/attempts.ts";
import { FROM_SOURCE } from "../support/from-source.ts";
import { Asking, onLibuv } from "../support/streams.ts";

const server = fileURLToPath(new URL("../fixtures/few-descriptors.ts", import.meta.url));

/** Most of it is what a process needs to load the sources, on a machine that is busy. */
const PROCESS_MS = 60_000;

describe("a server without a descriptor left", function () {
  this.timeout(PROCESS_MS);

  it("loses the connections that it cannot take, and serves on when some have gone", async () => {
    const child = spawn(process.execPath, [...FROM_SOURCE, server], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      const port = Number(line.toString());
      const flood = Array.from({ length: 100 }, () => net.connect(port, "127.0.0.1"));
      const gone = flood.map((socket) => {
        socket.on("error", () => {});
        socket.resume();
        return once(socket, "close").catch(() => {});
      });
      // Those that could not be taken are closed by the server; they are the proof of the flood.
      await Promise.race(gone);
      for (const socket of flood) socket.destroy();
      await Promise.all(gone);
      await onLibuv(async (reactor) => {
        // It may not have heard yet that the others have gone.
        let answer: unknown;
        while (answer !== "TEA") {
          const asking = new Asking("tea");
          reactor.connectTCP("127.0.0.1", port, asking);
          answer = await asking.answer.catch((reason: unknown) => reason);
          expect(child.exitCode).to.equal(null);
        }
      });
      expect(child.exitCode).to.equal(null);
    } finally {
      child.kill();
    }
  });
});

describe("a reactor without a descriptor left", function () {
  this.timeout(PROCESS_MS);

  it("says so to all who want one, goes on, and serves them when it has some", async () => {
    const directory = mkdtempSync(join(tmpdir(), "skein-descriptors-"));
    try {
      const { port, without, after, reported, left } = await runFixture(
        "no-descriptors.ts",
        directory,
      );
      const advice = "too many files are open; raise the limit (ulimit -n)";
      const cannotConnect = { name: "ConnectError", code: "ERR_CONNECT", system: "EMFILE" };
      const cannotListen = {
        name: "CannotListenError",
        code: "ERR_CANNOT_LISTEN",
        system: "EMFILE",
      };
      expect(without).to.deep.equal({
        connectTCP: {
          ...cannotConnect,
          message: `cannot connect to 127.0.0.1:${String(port)}: ${advice} (EMFILE)`,
        },
        connectUNIX: {
          ...cannotConnect,
          message: `cannot connect to ${directory}/socket: ${advice} (EMFILE)`,
        },
        listenTCP: { ...cannotListen, message: `cannot listen on 127.0.0.1:0: ${advice}` },
        listenUNIX: { ...cannotListen, message: `cannot listen on ${directory}/other: ${advice}` },
        listenUDP: { ...cannotListen, message: `cannot open UDP port 0.0.0.0:0: ${advice}` },
      });
      const done = Object.keys(without as object).map((what) => [what, "done"]);
      expect(after).to.deep.equal(Object.fromEntries(done));
      expect({ reported, left }).to.deep.equal({ reported: [], left: 0 });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
