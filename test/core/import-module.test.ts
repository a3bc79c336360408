import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { importModule } from "../../src/core/import-module.ts";

describe("importModule", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "import-module-"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Writes files, and gives the URL of one that may or may not be among them. */
  function urlOf(name: string, files: Record<string, string>): string {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    return pathToFileURL(join(folder, name)).href;
  }

  async function errorOf(url: string): Promise<Error & { code?: unknown }> {
    try {
      await importModule(url);
    } catch (error) {
      return error as Error;
    }
    throw new Error(`${url} was loaded`);
  }

  it("loads JavaScript", async () => {
    const url = urlOf("a.js", { "a.js": "export const here = 'js';" });
    expect((await importModule(url))["here"]).to.equal("js");
  });

  it("loads TypeScript, rather than JavaScript beside it", async () => {
    const url = urlOf("a.ts", {
      "a.ts": "const typed: string = 'ts'; export const here = typed;",
      "a.js": "export const here = 'js';",
    });
    expect((await importModule(url))["here"]).to.equal("ts");
  });

  it("falls back from TypeScript that is not there to the JavaScript beside it", async () => {
    for (const [ts, js] of [
      ["a.ts", "a.js"],
      ["a.mts", "a.mjs"],
    ] as const) {
      const url = urlOf(ts, { [js]: `export const here = '${js}';` });
      expect((await importModule(url))["here"]).to.equal(js);
    }
  });

  it("replaces the ending only", async () => {
    const url = urlOf("tests.ts.ts", { "tests.ts.js": "export const here = 'js';" });
    expect((await importModule(url))["here"]).to.equal("js");
  });

  it("fails for a module that is not there at all", async () => {
    expect(await errorOf(urlOf("a.js", {}))).to.have.property("code", "ERR_MODULE_NOT_FOUND");
    expect(await errorOf(urlOf("a.ts", {}))).to.have.property("code", "ERR_MODULE_NOT_FOUND");
  });

  it("does not fall back when the module imports one that is not there", async () => {
    const url = urlOf("a.ts", {
      "a.ts": 'import "./missing.js";',
      "a.js": "export const here = 'js';",
    });
    const error = await errorOf(url);
    expect(error).to.have.property("code", "ERR_MODULE_NOT_FOUND");
    expect(error.message).to.include("missing.js");
  });

  it("gives what the module throws", async () => {
    const url = urlOf("a.ts", {
      "a.ts": 'throw new RangeError("planted");',
      "a.js": "export const here = 'js';",
    });
    expect(await errorOf(url)).to.include({ name: "RangeError", message: "planted" });
  });
});
