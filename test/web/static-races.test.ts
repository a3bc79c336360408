import { expect } from "chai";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { staticFiles } from "skein/web";
import { onLibuv } from "../support/streams.ts";
import { openSite } from "../support/web.ts";

const REQUESTS = 400;

describe("static files whose folder changes places with a link that leads out", () => {
  it("are sent, or are not there, but nothing outside the root is", async function () {
    this.timeout(30_000);
    const base = mkdtempSync(join(tmpdir(), "skein-race-"));
    const at = (name: string): string => join(base, name);
    for (const folder of ["root", "root/teas", "outside"]) mkdirSync(at(folder));
    writeFileSync(at("root/teas/list.bin"), "oolong");
    writeFileSync(at("outside/list.bin"), "SECRET");
    symlinkSync(at("outside"), at("root/link"));
    const swap = (): void => {
      renameSync(at("root/teas"), at("root/other"));
      renameSync(at("root/link"), at("root/teas"));
      renameSync(at("root/other"), at("root/link"));
    };
    const said = new Set<string>();
    try {
      await onLibuv(async (reactor) => {
        const { ask } = await openSite(reactor, staticFiles(reactor, at("root")));
        let busy = true;
        const swapping = (): void => {
          if (!busy) return;
          swap();
          setImmediate(swapping);
        };
        swapping();
        for (let i = 0; i < REQUESTS; i++) {
          const { status, text } = await ask({ path: "/teas/list.bin" });
          said.add(status === 200 ? text : String(status));
        }
        busy = false;
      });
    } finally {
      rmSync(base, { recursive: true });
    }
    expect([...said].filter((what) => what !== "oolong" && what !== "404")).to.deep.equal([]);
    expect(said.size).to.be.greaterThan(0);
  });
});
