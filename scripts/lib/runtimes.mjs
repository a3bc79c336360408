/** The runtimes that tests are run on, from their npm packages: nothing of the system is used. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./npm.mjs";
import { inRoot } from "./paths.mjs";
import { run } from "./run.mjs";

/** Not among the dependencies: they are some 100 MB each. */
const CACHE = inRoot(".runtimes");

const SOURCES = "--conditions=@skein/source";
const { platform, arch } = process;
const OTHER_ARCH = arch === "arm64" ? "aarch64" : arch;

const node = (major) => ({
  name: `node-${major}`,
  spec: `node-${platform}-${arch}@${major}`,
  command: ["bin", "node"],
  args: [SOURCES, "--import", "tsx", "--enable-source-maps"],
});

export const RUNTIMES = [
  node(20),
  node(22),
  node(24),
  node(26),
  {
    name: "bun",
    spec: `@oven/bun-${platform}-${OTHER_ARCH}@1`,
    command: ["bin", "bun"],
    args: [SOURCES],
  },
  {
    name: "deno",
    spec: `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}@2`,
    command: ["deno"],
    args: ["run", "--allow-all", "--no-lock", SOURCES],
  },
];

/**
 * Installs a runtime, or brings it up to date.
 *
 * @returns {Promise<{ command?: string, version?: string, problem?: string }>} `problem` also where
 *   an older one is there, and the registry is out of reach
 */
export async function obtain({ name, spec, command }) {
  const folder = join(CACHE, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  // Under one name, whatever the platform: and none of them has a script to be run.
  const wanted = `runtime@npm:${spec}`;
  const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"];
  const { status, output } = await npm(["install", ...flags, wanted], { cwd: folder });
  const reason = /npm error (?!code|errno|syscall)(.*)/.exec(output)?.[1] ?? `status ${status}`;
  const problem = status === 0 ? undefined : `npm could not install ${spec}: ${reason}`;
  const executable = join(folder, "node_modules", "runtime", ...command);
  if (!existsSync(executable)) return { problem: problem ?? `${spec} has no ${command.at(-1)}` };
  const { stdout } = await run(executable, ["--version"]);
  return { command: executable, version: /\d+\.\d+\.\d+/.exec(stdout)?.[0], problem };
}

/** What runtimes need in their environment: to leave nothing elsewhere, and write no colours. */
export const environment = {
  ...process.env,
  DENO_DIR: join(CACHE, "deno-cache"),
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
};
