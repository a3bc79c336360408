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

const END = "--- end\n";
const RUN_ALL = `
import runpy, sys
for file in sys.argv[1:]:
    runpy.run_path(file)
    print("--- end")
`;

/** An event as a printed program prints it, which does not know the slots of its results. */
function asPrinted(event: string): string[] {
  if (event.includes("unhandled: ")) return [];
  return [event.replaceAll(/(?<=(?:got|left:) .*)\bd\d+\b/g, "Deferred")];
}

describe("programs printed as Python", () => {
  let scratch: string;
  before(() => void (scratch = mkdtempSync(join(tmpdir(), "skein-printed-"))));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  /** Runs them one after another in one process, and gives the lines that each prints. */
  function run(some: readonly Program[]): string[][] {
    // Files, not arguments: to warn of a function, Twisted looks for its file.
    const files = some.map((_, i) => join(scratch, `printed-${i}.py`));
    for (const [i, file] of files.entries()) writeFileSync(file, printPython(some[i] as Program));
    const output = execFileSync(PYTHON, ["-W", "ignore", "-c", RUN_ALL, ...files], {
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: import.meta.dirname },
      // Where Twisted tells what is unhandled.
      stdio: ["ignore", "pipe", "ignore"],
    });
    return output
      .split(END)
      .slice(0, -1)
      .map((lines) => lines.split("\n").slice(0, -1));
  }

  it("reproduce the trace of Twisted", async function () {
    this.timeout(60_000);
    await using oracle = new Oracle();
    const samples = fc.sample(programs, { seed: 22, numRuns: 40 });
    const answers = await oracle.ask(samples, { raw: true });
    const expected = answers.map(({ trace }) => trace.flatMap(asPrinted));
    for (const [i, lines] of run(samples).entries()) {
      expect(lines, printPython(samples[i] as Program)).to.deep.equal(expected[i]);
    }
  });
});
