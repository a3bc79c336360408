import { expect } from "chai";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expectMisuse, moduleFolder, reactor, start } from "../support/command.ts";
import { root } from "../support/read-sources.ts";

const STOPS = "export default function (reactor) { console.log('ran'); reactor.stop(); }";

const SKEIN = join(root, "dist", "index.js");

const dataUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;

/** Makes of Node one where tsx is not installed. */
const WITHOUT_TSX = dataUrl(`
  import { register } from "node:module";
  register(${JSON.stringify(
    dataUrl(`
      export async function resolve(specifier, context, next) {
        if (specifier.startsWith("ts" + "x/")) throw new Error("not installed");
        return next(specifier, context);
      }`),
  )});
`);

describe("reactor: loading a daemon", () => {
  const path = moduleFolder({
    "plain.js": STOPS,
    "package.json": '{ "type": "module" }',
    "module.mjs": STOPS,
    "common.cjs": "module.exports = (reactor) => { console.log('ran'); reactor.stop(); };",
    "typed.ts": STOPS.replace("(reactor)", "(reactor: { stop(): void })"),
    "typed.mts": STOPS.replace("(reactor)", "(reactor: { stop(): void })"),
    "syntax.mjs": "export default function (reactor) {\n  const a = ;\n}\n",
    "syntax.ts": "export default function (reactor: object) {\n  const a = ;\n}\n",
    "throws.mjs": "\nthrow new Error('no such luck');",
    "throws.ts": "\nthrow new Error('no such luck');",
    "throws-text.mjs": "throw 'just text';",
    "imports.mjs": "import './absent.mjs';",
    "imports.ts": "import 'absent-package';",
    "number.mjs": "export default 42;",
    "no-default.mjs": "export const daemon = () => {};",
  });
  const misuse = (name: string, sentence: string): Promise<void> =>
    expectMisuse([path(name)], sentence.replaceAll("PATH", path(name)));

  for (const name of ["plain.js", "module.mjs", "common.cjs", "typed.ts", "typed.mts"]) {
    it(`runs ${name}`, async () => {
      const ending = await reactor(path(name));
      expect(ending).to.deep.include({ status: 0, signal: null, stdout: "ran\n" });
      expect(complaints(ending)).to.equal("");
    });
  }

  it("refuses a path where nothing is", () =>
    misuse("absent.ts", "there is no daemon module at PATH"));

  it("refuses a folder", () => misuse("", "PATH is not a file, so it is no daemon module"));

  it("refuses a module that cannot be parsed", () =>
    misuse("syntax.mjs", "the daemon module PATH cannot be loaded: Unexpected token ';'"));

  it("says where a TypeScript module cannot be parsed", async () => {
    const { status, stderr } = await reactor(path("syntax.ts"));
    expect(status).to.equal(2);
    const [sentence, hint, ...more] = stderr.trimEnd().split("\n");
    expect(sentence).to.match(/^reactor: the daemon module .*syntax\.ts cannot be loaded: /);
    // tsx tells the line, Node's own loader does not.
    if (!("typescript" in process.features)) expect(sentence).to.include("syntax.ts:2:");
    expect(hint).to.equal("Try: reactor --help");
    expect(more).to.deep.equal([]);
  });

  it("says where a module threw", () =>
    misuse(
      "throws.mjs",
      `the daemon module PATH cannot be loaded: no such luck ` +
        `(${pathToFileURL(path("throws.mjs")).href}:2:7)`,
    ));

  it("says where a TypeScript module threw", async () => {
    const { status, stderr } = await reactor(path("throws.ts"));
    expect(status).to.equal(2);
    expect(stderr).to.match(
      /^reactor: .* cannot be loaded: no such luck \(.*throws\.ts:2:7\)\nTry: reactor --help\n$/,
    );
  });

  const TYPED = process.features as { typescript?: string | false };
  const title = "says what to do where TypeScript cannot be loaded";
  it(TYPED.typescript ? `${title} (not here: Node loads it by itself)` : title, async function () {
    if (TYPED.typescript) this.skip();
    const ending = await start([path("typed.ts")], [`--import=${WITHOUT_TSX}`]).ended;
    expect(ending).to.deep.equal({
      status: 2,
      signal: null,
      stdout: "",
      stderr:
        `reactor: this version of Node cannot load ${pathToFileURL(path("typed.ts")).href} ` +
        "by itself: install tsx (npm install tsx), use Node 22.18 or newer, or compile it to " +
        "JavaScript\nTry: reactor --help\n",
    });
  });

  it("refuses a module that throws what is no error", () =>
    misuse("throws-text.mjs", "the daemon module PATH cannot be loaded: just text"));

  it("names a module that the daemon imports and is not there", async () => {
    const { status, stderr } = await reactor(path("imports.mjs"));
    expect(status).to.equal(2);
    expect(stderr).to.match(/^reactor: .*imports\.mjs cannot be loaded: .*\nTry: .*\n$/);
    expect(stderr).to.include(`Cannot find module '${path("absent.mjs")}'`);
  });

  it("does not tell the loader's place as that of an error", async () => {
    const { stderr } = await reactor(path("imports.ts"));
    expect(stderr).to.include("absent-package");
    expect(stderr).not.to.include("node_modules/tsx");
  });

  const WHAT_TO_DO =
    'a daemon is "export default defineDaemon({ … })"; a program that creates its reactor itself ' +
    "is run by node";
  it("refuses a module whose default export is no function, and says what a daemon is", () =>
    misuse(
      "number.mjs",
      `the default export of PATH is not a function of the reactor: ${WHAT_TO_DO}`,
    ));
  it("refuses a module without a default export, and says what a daemon is", () =>
    misuse("no-default.mjs", `PATH has no default export: ${WHAT_TO_DO}`));
});

describe("reactor: a daemon in a package that is not of modules", () => {
  const path = moduleFolder({
    "package.json": "{}",
    "typed.ts": STOPS.replace("(reactor)", "(reactor: { stop(): void })"),
    "compiled.js": `
      Object.defineProperty(exports, "__esModule", { value: true });
      exports.default = (reactor) => { console.log("ran"); reactor.stop(); };
    `,
    "options.ts": `
      import { defineDaemon, type Reactor } from ${JSON.stringify(SKEIN)};
      export default defineDaemon({
        summary: "Takes options.",
        options: { port: { type: "number", default: 1, help: "a port" } },
        build(reactor: Reactor, { port }) {
          console.log("port " + port);
          reactor.stop();
        },
      });
    `,
  });

  for (const name of ["typed.ts", "compiled.js"]) {
    it(`runs ${name}`, async () => {
      const ending = await reactor(path(name));
      expect(ending).to.deep.include({ status: 0, signal: null, stdout: "ran\n" });
      expect(complaints(ending)).to.equal("");
    });
  }

  it("gives it its options", async () => {
    const ending = await reactor(path("options.ts"), "--port", "5");
    expect(ending).to.deep.include({ status: 0, stdout: "port 5\n" });
    expect(complaints(ending)).to.equal("");
    expect((await reactor(path("options.ts"), "--help")).stdout).to.include("Takes options.");
  });
});

/** What was printed to standard error, without the advice of newer Nodes on such packages. */
function complaints({ stderr }: { readonly stderr: string }): string {
  return stderr.includes("MODULE_TYPELESS_PACKAGE_JSON") ? "" : stderr;
}
