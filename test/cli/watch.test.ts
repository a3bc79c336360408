import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { moduleFolder, start } from "../support/command.ts";

const daemon = (word: string): string => `
  import { suffix } from "./suffix.mjs";
  export default () => console.log("up", ${JSON.stringify(word)}, suffix);`;

describe("reactor: --watch", () => {
  const path = moduleFolder({
    "daemon.mjs": daemon("one"),
    "suffix.mjs": "export const suffix = 'a.';",
  });

  it("runs it anew when a module changes, also after one that cannot be loaded", async function () {
    this.timeout(30_000);
    const running = start(["--watch", path("daemon.mjs")], [], {}, 25_000);
    await running.printed("up one a.");
    writeFileSync(path("suffix.mjs"), "export const suffix = 'b.';");
    await running.printed("up one b.");
    writeFileSync(path("daemon.mjs"), "this is no module");
    await running.printed("cannot be loaded");
    writeFileSync(path("daemon.mjs"), daemon("two"));
    await running.printed("up two b.");
    running.kill("SIGTERM");
    const { signal, status, stderr } = await running.ended;
    expect({ signal, status }).to.deep.equal({ signal: null, status: 0 });
    expect(stderr.match(/SIGTERM: stopping/g)).to.have.lengthOf(3);
  });
});
