import { expect } from "chai";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A process that inherits it as its program starts no worker: it would be without an end. */
const PROGRAM = `
  import { createReactor } from "skein/reactor";
  import { ThreadPool, worker } from "skein/threads";
  if (process.env.SKEIN_TEST_INSIDE !== undefined) process.exit(9);
  process.env.SKEIN_TEST_INSIDE = "1";
  const path = worker("node:path/posix");
  const reactor = createReactor("libuv");
  const stopped = reactor.run();
  const names = [];
  for (const substrate of ["threads", "processes"]) {
    const pool = new ThreadPool(reactor, { max: 1, substrate });
    names.push(await pool.call(path.basename, "/a/" + substrate));
    pool.stop();
  }
  console.log(names.join());
  reactor.stop();
  await stopped;
`;

describe("a pool of a program that is text", () => {
  for (const options of [
    ["--input-type=module", "--eval"],
    ["--input-type", "module", "--expose-gc", "-e"],
  ]) {
    it(`has workers that do not run it again, with ${options.join(" ")}`, async () => {
      const { stdout } = await run(process.execPath, [...options, PROGRAM], { timeout: 30_000 });
      expect(stdout).to.equal("threads,processes\n");
    }).timeout(40_000);
  }

  it("has the modules loaded in its workers that are loaded before the program", async () => {
    const preload = "data:text/javascript,globalThis.preloaded=%22yes%22";
    const program = PROGRAM.replace("path.basename", "globals.get").replace(
      'worker("node:path/posix")',
      "0, globals = worker(import.meta.resolve('data:text/javascript," +
        "export const get = () => globalThis.preloaded'))",
    );
    const args = ["--import", preload, "--input-type=module", "--eval", program];
    const { stdout } = await run(process.execPath, args, { timeout: 30_000 });
    expect(stdout).to.equal("yes,yes\n");
  }).timeout(40_000);
});
