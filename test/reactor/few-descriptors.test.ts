import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { Asking, onLibuv } from "../support/streams.ts";

const server = fileURLToPath(new URL("../fixtures/few-descriptors.ts", import.meta.url));

describe("a server without a descriptor left", () => {
  it("loses the connections that it cannot take, and serves on when some have gone", async () => {
    const node = `exec "${process.execPath}" -C @skein/source --import tsx "${server}"`;
    const child = spawn("sh", ["-c", `ulimit -n 64; ${node}`], {
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
