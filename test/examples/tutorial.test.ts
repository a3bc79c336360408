import { expect } from "chai";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { createReactor, deferLater, type Reactor } from "skein";
import { main } from "../../examples/tutorial/4-reactor.ts";
import { stationsFrom } from "../../examples/tutorial/report.ts";
import { serveStations, STATIONS } from "../../examples/tutorial/stations.ts";
import { type Ending, LIFETIME_MS, observe } from "../support/command.ts";
import { needsCommand } from "../support/needs-command.ts";
import { printedBy } from "../support/printed-by.ts";
import { root } from "../support/read-sources.ts";

const FOLDER = join("examples", "tutorial");
const REPORT = [
  "harbour  12.5",
  "ridge    3.0",
  "meadow   9.1",
  "quay     no answer",
  "mean     8.2",
];

/** Bundles a program: not every Node that we support starts threads of TypeScript. */
function bundle(folder: string, name: string): string {
  const outfile = join(folder, name.replace(/\.ts$/, ".mjs"));
  buildSync({
    entryPoints: [join(root, FOLDER, name)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["@skein/source"],
    external: ["tsx"],
  });
  return outfile;
}

/** Runs a program in a process of its own. */
function program(file: string, args: readonly string[]): Promise<Ending> {
  return observe(spawn(process.execPath, [file, ...args], { timeout: LIFETIME_MS })).ended;
}

describe("the tutorial's programs", () => {
  let reactor: Reactor<"tcp">;
  let stopped: PromiseLike<void>;
  let args: string[] = [];
  let folder = "";

  before(async () => {
    reactor = createReactor("libuv");
    stopped = reactor.run();
    const ports = await serveStations(reactor, 0);
    args = ports.map((port, i) => `${STATIONS[i]?.name}=${port.getHost().port}`);
    args.push("quay=1"); // nobody listens there
    folder = mkdtempSync(join(tmpdir(), "skein-tutorial-"));
  });
  after(async () => {
    reactor.stop();
    await stopped;
    rmSync(folder, { recursive: true });
  });

  for (const name of ["1-blocking.ts", "2-generators.ts", "3-threads.ts", "4-reactor.ts"]) {
    it(`print the same report: ${name}`, async function () {
      if (/1|3/.test(name)) needsCommand(this, spawnSync("nc", ["-h"]), "nc", "netcat-openbsd");
      const { status, stdout, stderr } = await program(bundle(folder, name), args);
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
      expect(stdout.trimEnd().split("\n")).to.deep.equal(REPORT);
    });
  }
});

describe("the tutorial's last program, on clock", () => {
  const stations = stationsFrom([]);

  async function run(disturb: (clock: ReturnType<typeof make>) => void = () => {}) {
    const reactor = make();
    const stopped = reactor.run();
    await serveStations(reactor, 7201);
    disturb(reactor);
    const printed = await printedBy(() => main(reactor, stations));
    const seconds = reactor.seconds();
    await deferLater(reactor, 1);
    const left = reactor.inspect().filter(({ kind }) => kind !== "port");
    reactor.stop();
    await stopped;
    return { printed, seconds, left };
  }
  const make = () => createReactor("clock");

  it("prints the same report, and takes as long as the slowest station", async () => {
    const { printed, seconds, left } = await run();
    expect(printed).to.deep.equal(REPORT);
    expect(seconds).to.equal(0.4);
    expect(left).to.deep.equal([]);
  });

  it("does without a station that was cut off, after five seconds", async () => {
    const { printed, seconds, left } = await run((reactor) => reactor.partition({ port: 7202 }));
    expect(printed).to.include("ridge    no answer").and.include("mean     10.8");
    expect(seconds).to.equal(5);
    expect(left).to.deep.equal([]);
  });

  it("does without a station that is cut off in the middle of an answer", async () => {
    const { printed, left } = await run((reactor) => {
      reactor.callLater(0.1, () => reactor.resetConnections({ port: 7201 }));
    });
    expect(printed).to.include("harbour  no answer");
    expect(left).to.deep.equal([]);
  });
});

describe("the tutorial's text", () => {
  it("shows code that is in the programs", () => {
    const programs = readdirSync(join(root, FOLDER)).map((name) =>
      readFileSync(join(root, FOLDER, name), "utf8"),
    );
    const text = readFileSync(join(root, "docs", "tutorial", "index.md"), "utf8");
    const blocks = [...text.matchAll(/^```typescript\n(.*?)^```$/gms)].map(([, code = ""]) => code);
    expect(blocks.length).to.be.greaterThan(4);
    expect(blocks.filter((code) => !programs.some((all) => all.includes(code)))).to.deep.equal([]);
  });
});
