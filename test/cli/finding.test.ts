import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DAEMONS } from "../../src/daemons/table.ts";
import { emptyFolder } from "../support/command-folder.ts";
import { LIFETIME_MS, reactor } from "../support/command.ts";
import { root } from "../support/read-sources.ts";

const MAIN = join(root, "dist", "cli", "main.js");
const says = (what: string): string =>
  `export default (reactor) => { console.log(${JSON.stringify(what)}); reactor.stop(); };`;

describe("reactor: the daemon that a name means", () => {
  const temporary = emptyFolder();
  const write = (files: Record<string, string>): void => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(temporary(name)), { recursive: true });
      writeFileSync(temporary(name), text);
    }
  };
  /** Runs the command in the folder. */
  const here = (...args: string[]): { status: number | null; stdout: string; stderr: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
      cwd: temporary(),
      encoding: "utf8",
      timeout: LIFETIME_MS,
    });
    return { status, stdout, stderr };
  };
  const said = (stdout: string): object => ({ status: 0, stdout: `${stdout}\n`, stderr: "" });
  const misuse = (sentence: string): object => ({
    status: 2,
    stdout: "",
    stderr: `reactor: ${sentence}\nTry: reactor --help\n`,
  });

  it("is a package that is installed here or above, by what it exports", () => {
    write({
      "node_modules/tea/package.json":
        '{ "type": "module", "exports": { ".": "./a.js", "./green": { "import": "./b.js" } } }',
      "node_modules/tea/a.js": says("tea"),
      "node_modules/tea/b.js": says("green"),
      "node_modules/@cups/old/package.json": '{ "main": "main.js" }',
      "node_modules/@cups/old/main.js": `
        Object.defineProperty(exports, "__esModule", { value: true });
        exports.default = (reactor) => { console.log("old"); reactor.stop(); };`,
      "sub/.keep": "",
    });
    expect(here("tea")).to.deep.equal(said("tea"));
    expect(here("tea/green")).to.deep.equal(said("green"));
    expect(here("@cups/old")).to.deep.equal(said("old"));
    expect(here("--chdir", "sub", "tea")).to.deep.equal(said("tea"));
    const { status, stderr } = here("tea/black");
    expect(status).to.equal(2);
    expect(stderr).to.match(/^reactor: the daemon module tea\/black cannot be loaded: .*exports/);
  });

  it("is a file without an ending, where there is no other of the name", () => {
    write({ "package.json": '{ "type": "module" }', kettle: says("kettle"), "a/b.js": says("b") });
    expect(here("a/b.js")).to.deep.equal(said("b"));
    expect(here("./a/b.js")).to.deep.equal(said("b"));
    const { status, stderr } = here("kettle");
    // Node 20 does not know what a file without an ending is.
    if (status === 2) expect(stderr).to.include("kettle cannot be loaded");
    else expect(status).to.equal(0);
  });

  it("must be one", () => {
    write({ echo: says("mine"), "node_modules/irc/package.json": "{}" });
    expect(here("echo")).to.deep.equal(
      misuse(
        '"echo" is the file ./echo, and a daemon of skein\'s, skein:echo: write the path of the ' +
          "file, or of the package's module, or skein:echo",
      ),
    );
    expect(here("irc")).to.deep.equal(
      misuse(
        '"irc" is an installed package, and a daemon of skein\'s, skein:irc: write the path of ' +
          "the file, or of the package's module, or skein:irc",
      ),
    );
    expect(here("--until", "0", "skein:irc", "--port", "0")).to.include({ status: 0 });
  });

  it("is none", () => {
    write({ "folder/a.txt": "" });
    const none =
      "no file, no installed package, and none of skein's (reactor --daemons lists them)";
    expect(here("ehco")).to.deep.equal(
      misuse(`there is no daemon called "ehco": ${none}; did you mean echo?`),
    );
    expect(here("zzzzz")).to.deep.equal(misuse(`there is no daemon called "zzzzz": ${none}`));
    expect(here("skein:ehco")).to.deep.equal(
      misuse('skein brings no daemon called "ehco"; did you mean echo?'),
    );
    expect(here("folder")).to.deep.equal(misuse("folder is not a file, so it is no daemon module"));
    expect(here("no/such")).to.deep.equal(
      misuse("there is no daemon module at no/such, and no package of that name is installed"),
    );
    write({ "hall.ts": says("hall"), "floor/hall.js": says("hall") });
    expect(here("hall")).to.deep.equal(
      misuse(`there is no daemon called "hall": ${none}; did you mean hall.ts?`),
    );
    expect(here("floor/hall")).to.deep.equal(
      misuse(
        "there is no daemon module at floor/hall, and no package of that name is installed; " +
          "did you mean floor/hall.js?",
      ),
    );
    expect(here("")).to.deep.equal(misuse('"" is not a file, so it is no daemon module'));
  });

  it("a folder of a built-in daemon's name is not in its way", () => {
    write({ "echo/a.txt": "" });
    expect(here("--until", "0", "--backend", "clock", "echo").status).to.equal(0);
  });

  it("--daemons lists those of skein's, as they say it themselves", async () => {
    const { status, stdout } = await reactor("--daemons");
    expect(status).to.equal(0);
    const listed = stdout.trimEnd().split("\n");
    expect(listed.map((line) => line.split(" ")[0])).to.deep.equal(Object.keys(DAEMONS));
    for (const [name, { summary, load }] of Object.entries(DAEMONS)) {
      const { default: daemon } = (await load()) as { default: { summary: string } };
      expect(daemon.summary).to.equal(summary);
      expect(stdout).to.match(new RegExp(`^${name} +${summary.replaceAll(/[.:]/g, "\\$&")}$`, "m"));
    }
  });

  it("NAME --help tells its options", async () => {
    const { stdout } = await reactor("echo", "--help");
    expect(stdout).to.match(/^Usage: reactor echo \[options\]\n\nSends back what it gets\.\n/);
    expect(stdout).to.include("--port INTEGER");
  });
});
