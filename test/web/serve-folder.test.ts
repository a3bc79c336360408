import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createReactor, type Reactor } from "skein/reactor";
import { serveFolder } from "skein/web";
import { connectDuplex } from "skein/interop";
import { quietly } from "../support/quietly.ts";
import { get, RawClient } from "../support/web.ts";

describe("the daemon that serves a folder", () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), "skein-folder-"));
    writeFileSync(join(root, "start.html"), "<p>start</p>");
    writeFileSync(join(root, ".hidden"), "hidden");
  });
  after(() => rmSync(root, { recursive: true }));

  for (const backend of ["libuv", "clock"] as const) {
    it(`does so (${backend})`, async () => {
      const reactor: Reactor<"tcp"> = createReactor(backend);
      const stopped = reactor.run();
      const options = { root, port: 0, index: "start.html", cacheSeconds: 60 };
      const port = await quietly(() => serveFolder(reactor, options));
      const ask = async (path: string): Promise<string> => {
        const socket = connectDuplex(reactor, "127.0.0.1", port.getHost().port);
        const client = new RawClient(socket).send(get(path, { connection: "close" }));
        await client.closed;
        return client.heard;
      };
      expect(await ask("/")).to.match(/^HTTP\/1.1 200 .*cache-control: max-age=60.*<p>start/is);
      expect(await ask("/.hidden")).to.match(/^HTTP\/1.1 404 /);
      reactor.stop();
      await stopped;
    });
  }

  it("refuses what is no folder", () => {
    const reactor = createReactor("clock");
    expect(() => serveFolder(reactor, { root: join(root, "start.html") })).to.throw("is none");
    expect(() => serveFolder(reactor, { root: join(root, "nothing") })).to.throw("is none");
  });
});
