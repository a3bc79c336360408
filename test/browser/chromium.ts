/** Runs a script in a page of a real browser, with no window. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { root } from "../support/read-sources.ts";

/** After so long the browser counts as hanging. */
const LIFETIME_MS = 60_000;

const HTML = `<!doctype html><meta charset="utf-8"><title>Tests</title>
<script src="/mocha.js"></script>
<script>
  const post = (where, body) => fetch(where, { method: "POST", body });
  // What keeps the tests from being defined; once they run it is for them to know.
  onerror = (message, file, line, column, error) => void post("/broken", error?.stack ?? message);
</script>
<script>mocha.setup({ ui: "bdd", reporter: class {}, timeout: 10000 });</script>
<script src="/tests.js"></script>`;

/** Whether there is one. */
export const hasChromium: boolean = spawnSync("chromium", ["--version"]).error === undefined;

/** Skips a test where there is none, and says so. In CI there must be one. */
export function needsChromium(context: Mocha.Context): void {
  if (hasChromium) return;
  if (process.env["CI"] !== undefined) throw new Error("chromium is not installed");
  console.log("      skipped: chromium is not installed");
  context.skip();
}

/** Resolves with what the script sends to "/outcomes". */
export async function inChromium(script: string): Promise<string> {
  const files: Readonly<Record<string, () => string>> = {
    "/": () => HTML,
    "/mocha.js": () => readFileSync(join(root, "node_modules", "mocha", "mocha.js"), "utf8"),
    "/tests.js": () => script,
  };
  const server = createServer();
  const outcomes = new Promise<string>((resolve, reject) => {
    server.on("request", (request, response) => {
      if (request.url === "/outcomes") resolve(text(request));
      if (request.url === "/broken") void text(request).then((why) => reject(new Error(why)));
      const file = files[request.url ?? ""];
      response.setHeader("content-type", request.url === "/" ? "text/html" : "text/javascript");
      response.end(file?.());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const chromium = startChromium(`http://127.0.0.1:${port}/`);
  const early = chromium.ended.then(async () => {
    throw new Error(`chromium ended before the tests did: ${await chromium.said}`);
  });
  try {
    return await Promise.race([outcomes, early]);
  } finally {
    early.catch(() => {});
    await chromium.end();
    server.close();
    server.closeAllConnections();
  }
}

/** A browser that runs. */
export interface Chromium {
  readonly stderr: Readable;
  /** All that it has said, when it has ended. */
  readonly said: Promise<string>;
  readonly ended: Promise<void>;
  /** Ends it, and resolves when nothing of it is left. */
  end(): Promise<void>;
}

/** Starts one that shows the page. */
export function startChromium(url: string, ...more: readonly string[]): Chromium {
  const profile = mkdtempSync(join(tmpdir(), "skein-chromium-"));
  const chromium = spawn("chromium", [...more, ...flags(profile, url)], {
    timeout: LIFETIME_MS,
    killSignal: "SIGKILL",
    stdio: ["ignore", "ignore", "pipe"],
    // A group of its own: it has many processes.
    detached: true,
  });
  const said = text(chromium.stderr);
  const ended = new Promise<void>((resolve) => chromium.once("close", () => resolve()));
  return {
    stderr: chromium.stderr,
    said,
    ended,
    async end() {
      if (chromium.pid !== undefined && chromium.exitCode === null) {
        process.kill(-chromium.pid, "SIGKILL");
      }
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** How it is started: without a window, and with nothing of its own to do. */
export function flags(profile: string, url: string): string[] {
  return [
    "--headless",
    "--disable-gpu",
    // Containers have little shared memory.
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    `--user-data-dir=${profile}`,
    // It does without as root only when it is told so.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    url,
  ];
}
