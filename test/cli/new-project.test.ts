import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { emptyFolder } from "../support/command-folder.ts";
import { expectMisuse, reactor, start } from "../support/command.ts";
import { root } from "../support/read-sources.ts";

const FILES = [
  ".gitignore",
  ".mocharc.json",
  "README.md",
  "package.json",
  "src/daemon.ts",
  "test/daemon.test.ts",
  "tsconfig.json",
];

describe("reactor: new", () => {
  const temporary = emptyFolder();
  const files = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();

  it("makes a project in a new folder, with the version that made it", async () => {
    const { status, stdout, stderr } = await reactor("new", temporary("a", "tea"));
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(stdout).to.match(/^Made package\.json, .*\nNow: cd .*tea && npm install && npm test\n$/);
    expect(files(temporary("a", "tea"))).to.deep.equal(FILES);
    const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      version: string;
      devDependencies: Record<string, string>;
    };
    const made = JSON.parse(readFileSync(temporary("a", "tea", "package.json"), "utf8")) as {
      name: string;
      dependencies: object;
      devDependencies: Record<string, string>;
    };
    expect(made.name).to.equal("tea");
    expect(made.dependencies).to.deep.equal({ skein: `^${own.version}` });
    for (const [tool, version] of Object.entries(made.devDependencies)) {
      expect(version).to.be.a("string");
      expect(version).to.equal(own.devDependencies[tool]);
    }
  });

  it("makes one whose test passes, whose types are right, and which runs", async function () {
    this.timeout(60_000);
    const tea = temporary("tea");
    // What is in an empty folder, or a repository without files, is not in the way.
    mkdirSync(join(tea, ".git"), { recursive: true });
    await reactor("new", tea, "--skein", "file:../skein.tgz");
    expect(readFileSync(join(tea, "package.json"), "utf8")).to.include('"file:../skein.tgz"');
    // In place of npm install, which needs a network: scripts/check-package.mjs does it.
    for (const name of ["@types/mocha", "@types/node", "mocha", "tsx", "typescript"]) {
      mkdirSync(dirname(join(tea, "node_modules", name)), { recursive: true });
      symlinkSync(join(root, "node_modules", name), join(tea, "node_modules", name), "dir");
    }
    symlinkSync(root, join(tea, "node_modules", "skein"), "dir");
    const node = (...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, {
        cwd: tea,
        encoding: "utf8",
        timeout: 30_000,
        env: { ...process.env, NODE_OPTIONS: "" },
      });
      return status === 0 ? stdout : `${stdout}${stderr}`;
    };
    expect(node("node_modules/mocha/bin/mocha.js")).to.include("3 passing");
    expect(node("node_modules/typescript/bin/tsc")).to.equal("");
    const running = start([join(tea, "src", "daemon.ts"), "--port", "0"]);
    await running.printed(/try it: nc 127\.0\.0\.1 \d+/);
    running.kill("SIGTERM");
    expect((await running.ended).signal).to.equal("SIGTERM");
  });

  it("refuses a folder that has something in it, and leaves it as it is", async () => {
    for (const name of ["a", "b", "c", "d"]) writeFileSync(temporary(name), "");
    mkdirSync(temporary("tea"));
    writeFileSync(temporary("tea", "mine"), "");
    await expectMisuse(
      ["new", temporary("tea")],
      `the folder ${temporary("tea")} is not empty: it has mine`,
    );
    expect(files(temporary("tea"))).to.deep.equal(["mine"]);
    await expectMisuse(["new", temporary("a")], `${temporary("a")} is a file`);
  });

  it("says where it cannot make one", async () => {
    writeFileSync(temporary("file"), "");
    const { status, stderr } = await reactor("new", temporary("file", "tea"));
    expect(status).to.be.oneOf([1, 2]);
    expect(stderr).to.match(/^reactor: .*file\/tea/);
  });

  const misuses: [args: string[], sentence: string][] = [
    [[], "name a folder for the project: reactor new tea"],
    [["a", "b"], 'unexpected argument "b": one project at a time'],
    [["--sekin", "x"], "there is no option --sekin; see: new --help"],
    [["tea", "--skein"], "--skein needs a value"],
  ];
  for (const [args, sentence] of misuses) {
    it(`is used wrongly: ${sentence}`, () => expectMisuse(["new", ...args], sentence));
  }
  const notNames = ["Tea", "ü", "a b", ".tea", "skein", "node_modules", "a".repeat(215)];
  for (const name of notNames) {
    it(`refuses the name ${name.slice(0, 20)}`, async () => {
      const { status, stderr } = await reactor("new", temporary(name));
      expect(status).to.equal(2);
      expect(stderr).to.match(/^reactor: ".*" cannot be the name of a package: /);
      expect(readdirSync(temporary())).to.deep.equal([]);
    });
  }

  it("--help tells how", async () => {
    expect((await reactor("new", "--help")).stdout).to.match(/^Usage: reactor new FOLDER/);
  });
});
