/** The other way about: node:http's server on the bridge, and a client that is not Node's. */
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { expect } from "chai";
import { serveDuplex } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { findCommand } from "./private-server.ts";
import { alone, LARGE } from "./with-server.ts";

/** `GET /large` gives a megabyte, `POST /` what it was sent, `GET /bad` breaks off. */
async function serve(reactor: Reactor<"tcp">): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url === "/bad") request.socket.destroy();
    else if (request.method === "POST") request.pipe(response);
    else response.end(request.url === "/large" ? LARGE : request.url);
  });
  const accept = (socket: object): boolean => server.emit("connection", socket);
  const port = await serveDuplex(reactor, 0, accept);
  return {
    url: `http://127.0.0.1:${port.getHost().port}`,
    async close() {
      await port.stopListening();
    },
  };
}

async function curl(args: readonly string[], input = ""): Promise<string> {
  const limits = { maxBuffer: 8 * 1024 * 1024 };
  const running = promisify(execFile)("curl", ["-sS", "--max-time", "9", ...args], limits);
  running.child.stdin?.end(input);
  return (await running).stdout;
}

describe("node:http over the bridge, for curl", () => {
  if (findCommand("curl") === undefined) {
    it("(not here: curl is not installed)", function () {
      if (process.env.CI) throw new Error("CI needs the package curl");
      this.skip();
    });
    return;
  }

  it("answers several requests of one connection", () =>
    alone(async (reactor) => {
      const { url, close } = await serve(reactor);
      const report = ["-w", " %{num_connects}\n"];
      const text = await curl([...report, `${url}/one`, `${url}/two`, `${url}/three`]);
      expect(text).to.equal("/one 1\n/two 0\n/three 0\n");
      await close();
    }));

  it("sends a megabyte, and gets one", () =>
    alone(async (reactor) => {
      const { url, close } = await serve(reactor);
      expect((await curl([`${url}/large`])) === LARGE).to.equal(true);
      expect((await curl(["--data-binary", "@-", url], LARGE)) === LARGE).to.equal(true);
      await close();
    }));

  it("breaks a request off, and serves the next", () =>
    alone(async (reactor) => {
      const { url, close } = await serve(reactor);
      const failure = await curl([`${url}/bad`]).catch((error: unknown) => error);
      // curl's numbers for an empty answer, and for a reset.
      expect(failure).to.have.property("code").that.is.oneOf([52, 56]);
      expect(await curl([`${url}/good`])).to.equal("/good");
      await close();
    }));
});
