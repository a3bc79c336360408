import { expect } from "chai";
import { expectMisuse, moduleFolder, reactor } from "../support/command.ts";

describe("reactor: virtual globals", () => {
  const path = moduleFolder({
    "timers.mjs": `
      import { setTimeout as sleep } from "node:timers/promises";
      const loaded = Date.now();
      const early = new Promise((resolve) => setTimeout(resolve, 7200_000));
      await sleep(1000);
      export default async (reactor) => {
        await early;
        console.log(Date.now() - loaded, new Date().getUTCFullYear());
        setInterval(() => {}, 1000).unref();
      };`,
    "reads.mjs": `
      import { readFile } from "node:fs/promises";
      export default async (reactor) => {
        await readFile(import.meta.filename ?? process.argv[1]);
        console.log("read", reactor.seconds());
      };`,
    "real.mjs": `export default (reactor) => {
      console.log(Date.now() > Date.UTC(2020));
    };`,
  });

  it("are installed before the daemon is loaded, on clock", async () => {
    expect(await reactor("--backend", "clock", path("timers.mjs"))).to.deep.equal({
      status: 0,
      signal: null,
      stdout: "7200000 2000\n",
      stderr: "",
    });
  });

  it("fail the daemon that uses what is real, and say where", async () => {
    const { status, stdout, stderr } = await reactor("--backend", "clock", path("reads.mjs"));
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: "read 0\n" });
    expect(stderr).to.match(
      /^reactor: the program used .*:\n {2}fs \(FSREQ\w+\), at 0 s\n +at .*reads\.mjs:4:/,
    );
  });

  it("allow what --allow says", async () => {
    const { status, stdout } = await reactor(
      "--backend=clock",
      "--allow=zlib,fs",
      path("reads.mjs"),
    );
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: "read 0\n" });
  });

  it("are left out by --no-virtual, and on other backends", async () => {
    const { stdout } = await reactor("--backend", "clock", "--no-virtual", path("real.mjs"));
    expect(stdout).to.equal("true\n");
    expect((await reactor("--until", "0", path("real.mjs"))).stdout).to.equal("true\n");
  });

  it("refuse wrong options", async () => {
    const { status, stderr } = await reactor(
      "--backend=clock",
      "--allow",
      "files",
      path("real.mjs"),
    );
    expect(status).to.equal(2);
    expect(stderr).to.match(/^reactor: there is no kind of leak "files" to allow; there are: /);
    await expectMisuse(["--no-virtual=yes", "x.ts"], "--no-virtual takes no value");
    await expectMisuse(["--allow"], "--allow needs a value");
  });
});
