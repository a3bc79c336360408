/** Which tests run in a page: those of the page alone, and all others that need nothing of Node. */
import { build, buildSync, type BuildOptions } from "esbuild";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/read-sources.ts";

/** Their tests are about what runs everywhere, though single files may need Node. */
const AREAS = ["browser/page", "core", "defer", "task", "protocols", "reactor", "endpoints"];

/** Why these need Node, though they import nothing of it. */
const LIBUV = "they are about libuv";
const BUFFERS = "their bytes are Buffers";
const CONTEXTS = "there are no asynchronous contexts: nobody knows what an async function awaits";
const NEED_NODE: Readonly<Record<string, string>> = {
  "test/defer/inline-callbacks-async-cancel.test.ts": CONTEXTS,
  "test/endpoints/hostname-endpoint.test.ts": BUFFERS,
  "test/endpoints/hostname-endpoint-backends.test.ts": LIBUV,
  "test/protocols/line-receiver-flow.test.ts": BUFFERS,
  "test/protocols/line-receiver-handover.test.ts": BUFFERS,
  "test/protocols/line-receiver-limits.test.ts": BUFFERS,
  "test/protocols/line-receiver-property.test.ts": BUFFERS,
  "test/protocols/line-receiver-raw.test.ts": BUFFERS,
  "test/reactor/inspect.test.ts": LIBUV,
  "test/reactor/libuv-datagrams.test.ts": LIBUV,
  "test/reactor/names.test.ts": BUFFERS,
  "test/reactor/registry.test.ts": "it lists the backends of Node",
  "test/reactor/watchdog.test.ts": LIBUV,
};

/** The titles of single tests that do so, and why. */
const NOT_IN_PAGES: Readonly<Record<string, readonly [titles: RegExp, why: string]>> = {
  "test/defer/debugging.test.ts": [
    /say where the Deferred|names the code|the history of its/,
    "in a bundle, frames of skein's own are in the same file as all others",
  ],
  "test/defer/route.test.ts": [/places of|plain yield|failed before/, "a bundle changes names"],
  "test/defer/unhandled.test.ts": [/that throw do not/, "it looks for an uncaught exception"],
  "test/reactor/clock.test.ts": [/by setImmediate$|last setImmediate/, "there is no setImmediate"],
  "test/reactor/datagram-port.test.ts": [/which says who has it/, LIBUV],
  "test/reactor/guest.test.ts": [/another backend can do/, LIBUV],
  "test/reactor/meta-reactor.test.ts": [/joins different/, LIBUV],
  "test/reactor/slow-calls.test.ts": [/may be a protocol's/, LIBUV],
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
  return AREAS.flatMap((area) =>
    readdirSync(join(root, "test", area))
      .filter((name) => /\.(test|page)\.ts$/.test(name))
      .map((name) => `test/${area}/${name}`),
  ).filter((file) => !Object.hasOwn(NEED_NODE, file) && !importsNode(file));
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
