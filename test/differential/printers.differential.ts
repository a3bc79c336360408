import { expect } from "chai";
import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programs } from "./generate.ts";
import { Oracle, PYTHON } from "./oracle.ts";
import { printPython } from "./printer.ts";
import type { Program } from "./program.ts";

describe("programs printed as Python", () => {
  let scratch: string;
  before(() => void (scratch = mkdtempSync(join(tmpdir(), "skein-printed-"))));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  function run(program: Program): string[] {
    // A file, not an argument: to warn of a function, Twisted looks for its file.
    const file = join(scratch, "printed.py");
    writeFileSync(file, printPython(program));
    const output = execFileSync(PYTHON, ["-W", "ignore", file], {
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: import.meta.dirname },
      // Where Twisted tells what is unhandled.
      stdio: ["ignore", "pipe", "ignore"],
    });
    return output.split("\n").slice(0, -1);
  }

  it("reproduce the trace of Twisted", async function () {
    this.timeout(60_000);
    await using oracle = new Oracle();
    const samples = fc.sample(programs, { seed: 22, numRuns: 40 });
    const answers = await oracle.ask(samples, { raw: true });
    const expected = answers.map(({ trace }) => trace.filter((e) => !e.includes("unhandled: ")));
    expect(samples.map(run)).to.deep.equal(expected);
  });
});
