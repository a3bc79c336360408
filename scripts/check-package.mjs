/**
 * Checks the package as its users get it: packs a tarball, has it judged by publint and attw, and
 * installs it into an empty project that imports, requires and type-checks every entry point, first
 * without the packages that users may bring (peerDependencies), then with them.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { npm } from "./lib/npm.mjs";
import { binOf, inRoot } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { runSteps } from "./lib/steps.mjs";

/** Importing an entry point must leave nothing behind that keeps the process alive. */
const IMPORT_TIMEOUT_MS = 30_000;

const manifest = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
const entryPoints = Object.keys(manifest.exports)
  .filter((key) => !key.endsWith(".json"))
  .map((key) => manifest.name + key.slice(1));

const peers = Object.keys(manifest.peerDependencies);

/**
 * What needs a peer, and what it says without: statements whose error is printed, by its code and
 * the words that are expected in its message. The rest takes what it needs of its peer as an
 * argument, or is tested where it loads it (node-pty, tsx).
 */
const WITHOUT = {
  ws: [
    `const { connectWebSocket } = await import("skein/websocket");
     const { createReactor } = await import("skein/reactor");
     connectWebSocket(createReactor("clock"), "ws://127.0.0.1/");`,
    "ERR_MISSING_PACKAGE",
  ],
  acorn: [
    `const { inline } = await import("skein/threads/inline"); inline(() => 1);`,
    "ERR_NOT_INLINE",
  ],
};

const scratch = mkdtempSync(join(tmpdir(), "skein-package-"));
const project = join(scratch, "project");
const node = (args, options) => run(process.execPath, args, { cwd: project, ...options });
const tarball = () => {
  const packed = readdirSync(scratch).find((name) => name.endsWith(".tgz"));
  return join(scratch, packed);
};

const steps = [
  ["pack", () => npm(["pack", "--pack-destination", scratch])],
  ["publint", () => node([binOf("publint"), tarball(), "--strict"])],
  [
    "attw",
    () => node([binOf("@arethetypeswrong/cli", "attw"), tarball(), "--profile", "esm-only"]),
  ],
  ["install", installIntoProject],
  ...useOf("without peers"),
  ...Object.keys(WITHOUT).map((peer) => [`missing: ${peer}`, () => saysWhatIsMissing(peer)]),
  ["link peers", linkPeers],
  ...useOf("with peers"),
  ["reactor new", makeProject],
  ["its npm install", () => inTea(["install", "--prefer-offline", "--no-audit", "--no-fund"])],
  ["its npm test", () => inTea(["test"])],
  ["its npm run check", () => inTea(["run", "check"])],
  ["its npm start", () => inTea(["start", "--", "--help"])],
  ...Object.keys(manifest.bin ?? {}).map((command) => [
    `${command} --help`,
    () => npm(["exec", "--no", "--", command, "--help"], { cwd: project }),
  ]),
];

try {
  mkdirSync(project);
  writeJson("package.json", { name: "user", version: "0.0.0", private: true, type: "module" });
  process.exitCode = (await runSteps(steps)) ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function installIntoProject() {
  // Offline: a package without runtime dependencies installs from its tarball alone.
  const flags = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  const result = await npm(["install", tarball(), ...flags], { cwd: project });
  // Linked after npm, which would remove it. Only Node's types: whoever uses the package need not
  // have those of our other tools.
  const types = join(project, "node_modules", "@types");
  mkdirSync(types, { recursive: true });
  symlinkSync(inRoot("node_modules", "@types", "node"), join(types, "node"), "dir");
  return result;
}

/** Each entry point by `import`, by `require`, and by the compiler. */
function useOf(when) {
  return [
    [`import, ${when}`, () => evaluate("module", (name) => `await import("${name}");`)],
    [`require, ${when}`, () => evaluate("commonjs", (name) => `require("${name}");`)],
    [`node16 types, ${when}`, () => typeCheck("node16", "node16")],
    [`bundler types, ${when}`, () => typeCheck("preserve", "bundler")],
  ];
}

/** Whoever lacks a package is told its name, and how to get it. */
async function saysWhatIsMissing(peer) {
  const [statements, code] = WITHOUT[peer];
  const caught = `try { ${statements} } catch ({ code, message }) { console.log(code, message); }`;
  const { status, output } = await node(["--input-type=module", "--eval", caught]);
  const isSaid = output.startsWith(code) && output.includes(`npm install ${peer}`);
  return { status: status === 0 && isSaid ? 0 : 1, output: `it says: ${output}` };
}

function linkPeers() {
  // All but those that are not installed here: without a compiler node-pty may be missing.
  for (const name of [...peers, "@types/ws"].filter((one) =>
    existsSync(inRoot("node_modules", one)),
  )) {
    const place = join(project, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(inRoot("node_modules", name), place, "dir");
  }
  return { status: 0, output: "" };
}

/** The project that `reactor new` makes, with the tarball in place of the published package. */
function makeProject() {
  const words = ["new", join(scratch, "tea"), "--skein", `file:${tarball()}`];
  return npm(["exec", "--no", "--", "reactor", ...words], { cwd: project });
}

function inTea(args) {
  return npm(args, { cwd: join(scratch, "tea") });
}

function evaluate(kind, statement) {
  const code = entryPoints.map(statement).join("\n");
  return node([`--input-type=${kind}`, "--eval", code], { timeoutMs: IMPORT_TIMEOUT_MS });
}

function typeCheck(module, moduleResolution) {
  const imports = entryPoints.map((name, i) => `import * as entry${i} from "${name}";\n`);
  const names = entryPoints.map((_, i) => `entry${i}`);
  writeFileSync(
    join(project, "user.ts"),
    `${imports.join("")}export default [${names.join(", ")}];\n`,
  );
  writeJson("tsconfig.json", {
    compilerOptions: {
      target: "ES2022",
      module,
      moduleResolution,
      strict: true,
      noEmit: true,
      // Our declarations are what is being checked.
      skipLibCheck: false,
      types: ["node"],
    },
    files: ["user.ts"],
  });
  return node([binOf("typescript", "tsc"), "--project", "tsconfig.json"]);
}

function writeJson(name, value) {
  writeFileSync(join(project, name), JSON.stringify(value, null, 2));
}
