import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BadOptionError } from "skein/reactor";
import { worker } from "skein/threads";
import { failure, poolTest, tasks } from "../support/pools.ts";

interface Missing {
  gone(): number;
}

describe("a pool: modules and exports that are not there", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "skein-threads-"));
    writeFileSync(join(folder, "compiled.mjs"), "export const gone = () => 'compiled';");
    writeFileSync(join(folder, "imports.mjs"), "import './absent.mjs';");
    writeFileSync(join(folder, "garbled.mjs"), "export const gone = (;");
    writeFileSync(join(folder, "throws.mjs"), "throw new RangeError('while loading');");
  });
  after(() => rmSync(folder, { recursive: true }));
  const module = (name: string) => worker<Missing>(pathToFileURL(join(folder, name)));

  poolTest("a module that is not there is named", {}, async ({ pool }) => {
    const error = await failure(pool.call(module("absent.mjs").gone));
    expect(error.code).to.equal("ERR_MODULE_NOT_FOUND");
    expect(error.message).to.include(join(folder, "absent.mjs"));
  });

  poolTest("a .ts module that is not there is named as it was asked for", {}, async ({ pool }) => {
    const error = await failure(pool.call(module("absent.ts").gone));
    expect(error.code).to.equal("ERR_MODULE_NOT_FOUND");
    expect(error.message).to.include(join(folder, "absent.ts"));
  });

  poolTest("a module that imports what is not there, too", {}, async ({ pool }) => {
    const error = await failure(pool.call(module("imports.mjs").gone));
    expect(error.code).to.equal("ERR_MODULE_NOT_FOUND");
    expect(error.message).to.include(join(folder, "imports.mjs"));
  });

  poolTest("a module that throws while it is loaded fails the call", {}, async ({ pool }) => {
    const error = await failure(pool.call(module("throws.mjs").gone));
    expect(error).to.include({ name: "RangeError", message: "while loading" });
  });

  poolTest("a module with an error of syntax fails the call", {}, async ({ pool }) => {
    const error = await failure(pool.call(module("garbled.mjs").gone));
    expect(error).to.be.instanceOf(SyntaxError);
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
  });

  poolTest("a .ts module that was compiled away is the .js beside it", {}, async ({ pool }) => {
    expect(await pool.call(module("compiled.mts").gone)).to.equal("compiled");
  });

  poolTest("an export that is not there is named", {}, async ({ pool }) => {
    const { gone } = worker<Missing>(tasks.add.module);
    const error = await failure(pool.call(gone));
    expect(error).to.be.instanceOf(BadOptionError).and.include({ code: "ERR_BAD_OPTION" });
    expect(error.message).to.match(/tasks\.ts has no function "gone" to call in a worker$/);
  });

  poolTest("an export that is no function is named", {}, async ({ pool }) => {
    const { constant } = worker<{ constant(): void }>(tasks.add.module);
    const error = await failure(pool.call(constant));
    expect(error).to.be.instanceOf(BadOptionError);
    expect(error.message).to.include('has no function "constant"');
  });

  poolTest("the pool goes on", { max: 1 }, async ({ pool }) => {
    await failure(pool.call(module("absent.mjs").gone));
    expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
    expect(pool.statistics()).to.include({ workers: 1, working: 0, queued: 0 });
  });
});
