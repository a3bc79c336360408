/** Which tests run in a page: those of the page alone, and all others that need nothing of Node. */
import { build, buildSync, type BuildOptions } from "esbuild";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/read-sources.ts";

/** All tests of these are about what runs everywhere, but for single files. */
const AREAS = ["browser/page", "core", "defer", "task"];

/** The others that need neither sockets nor Buffers. */
const ALSO = [
  "test/endpoints/hostname-endpoint-property.test.ts",
  "test/protocols/datagram-protocol.test.ts",
  "test/protocols/factory.test.ts",
  "test/protocols/line-receiver.test.ts",
  "test/protocols/protocol.test.ts",
  "test/reactor/caching-resolver.test.ts",
  "test/reactor/clock-datagrams.test.ts",
  "test/reactor/clock-multicast.test.ts",
  "test/reactor/clock-streams.test.ts",
  "test/reactor/clock-world.test.ts",
  "test/reactor/clock.test.ts",
  "test/reactor/datagram-port.test.ts",
  "test/reactor/delayed-call.test.ts",
  "test/reactor/guest.test.ts",
  "test/reactor/meta-reactor.test.ts",
  "test/reactor/network-faults.test.ts",
  "test/reactor/timer-queue.test.ts",
];

/** Why single tests are not for pages. */
const LIBUV = "they are about libuv";
const BUFFERS = "they are about bytes that come in Buffers";
const CONTEXTS = "there are no asynchronous contexts: nobody knows what an async function awaits";

/** Files that need Node, though they import nothing of it. */
const NEED_NODE: Readonly<Record<string, string>> = {
  "test/core/crc32c.test.ts": BUFFERS,
  "test/core/ip-bytes.test.ts": BUFFERS,
  "test/core/small-values.test.ts": "a page shares memory only with what is isolated as it is",
  "test/defer/inline-callbacks-async-cancel.test.ts": CONTEXTS,
};

/** The titles of single tests that do so, and why. */
const NOT_IN_PAGES: Readonly<Record<string, readonly [titles: RegExp, why: string]>> = {
  "test/defer/debugging.test.ts": [
    /say where the Deferred|names the code|the history of its/,
    "in a bundle, frames of skein's own are in the same file as all others",
  ],
  "test/defer/route.test.ts": [/places of|plain yield|failed before/, "a bundle changes names"],
  "test/defer/unhandled.test.ts": [/that throw do not/, "it looks for an uncaught exception"],
  "test/reactor/clock-datagrams.test.ts": [/where a Buffer/, BUFFERS],
  "test/reactor/clock.test.ts": [/by setImmediate$|last setImmediate/, "there is no setImmediate"],
  "test/reactor/datagram-port.test.ts": [/which says who has it/, LIBUV],
  "test/reactor/guest.test.ts": [/another backend can do/, LIBUV],
  "test/reactor/meta-reactor.test.ts": [/joins different/, LIBUV],
  "test/task/backends.test.ts": [/on libuv/, LIBUV],
  "test/task/react.test.ts": [/awaits what an async main/, CONTEXTS],
};

/** Both for trying, and for the page. */
const SETTINGS: BuildOptions = {
  bundle: true,
  platform: "browser",
  format: "iife",
  write: false,
  logLevel: "silent",
  inject: [join(root, "test/browser/page/setup.ts")],
  alias: { "node:assert/strict": join(root, "test/browser/page/assert.ts") },
};

/** The paths of the files, from the repository's root. */
export function pageTests(): string[] {
  const ofAreas = AREAS.flatMap((area) =>
    readdirSync(join(root, "test", area))
      .filter((name) => /\.(test|page)\.ts$/.test(name))
      .map((name) => `test/${area}/${name}`),
  ).filter((file) => !Object.hasOwn(NEED_NODE, file) && !importsNode(file));
  return [...ofAreas, ...ALSO];
}

/** A script that defines the tests of these files, each in a suite that has the file's name. */
export async function pageScript(files: readonly string[]): Promise<string> {
  const suites = files.map((file) => {
    const [titles] = NOT_IN_PAGES[file] ?? [];
    return `suite("${file}", () => require("./${file}"), ${titles ?? "undefined"});`;
  });
  const contents = `
    const { run, suite } = require("./test/browser/page/run.ts");
    ${suites.join("\n")}
    run();`;
  const { outputFiles } = await build({
    ...SETTINGS,
    stdin: { contents, resolveDir: root },
  });
  return outputFiles?.[0]?.text ?? "";
}

/** Whether a module of Node's is behind it, but for assert, which is one of the page's here. */
function importsNode(file: string): boolean {
  try {
    buildSync({ ...SETTINGS, entryPoints: [join(root, file)] });
    return false;
  } catch {
    return true;
  }
}
