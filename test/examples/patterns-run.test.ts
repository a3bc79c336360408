import { expect } from "chai";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { patterns } from "../../examples/patterns/patterns.ts";
import { type Ending, LIFETIME_MS, observe } from "../support/command.ts";
import { FROM_SOURCE } from "../support/from-source.ts";
import { root } from "../support/read-sources.ts";

function run(...args: readonly string[]): Promise<Ending> {
  const script = join(root, "examples", "patterns", "run.ts");
  const child = spawn(process.execPath, [...FROM_SOURCE, script, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIFETIME_MS,
    killSignal: "SIGKILL",
  });
  return observe(child).ended;
}

describe("the script that runs the patterns", () => {
  it("lists them, unless it is told which to run", async () => {
    const { status, stdout } = await run();
    expect(status).to.equal(0);
    const named = [...stdout.matchAll(/^ {2}(\S+) +\S/gm)].map(([, name]) => name);
    expect(named).to.deep.equal([...patterns.keys()]);
  });

  it("says that there is none of a name, or no such backend", async () => {
    const endings = await Promise.all([run("barier"), run("barrier", "lib")]);
    expect(endings.map(({ status }) => status)).to.deep.equal([2, 2]);
    for (const { stdout } of endings) expect(stdout).to.match(/^usage: run\.ts PATTERN/);
  });

  it("runs one", async () => {
    const { status, stdout, stderr } = await run("active-object", "clock");
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(stdout).to.match(/^in the till: 15\n/);
  });
});
