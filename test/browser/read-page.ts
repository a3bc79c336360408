/** Reads a page of a real browser, as its scripts have made it, by the protocol of its tools. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { flags } from "./chromium.ts";

const LIFETIME_MS = 15_000;

/** Resolves with the text of the page at `url`, as soon as it is like `wanted`. */
export async function textOfPage(url: string, wanted: RegExp): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), "skein-chromium-"));
  const chromium = spawn("chromium", ["--remote-debugging-port=0", ...flags(profile, url)], {
    timeout: LIFETIME_MS,
    killSignal: "SIGKILL",
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  const ended = once(chromium, "close");
  try {
    let tools: string | undefined;
    for await (const line of createInterface(chromium.stderr)) {
      tools = /DevTools listening on ws:\/\/([^/]+)/.exec(line)?.[1];
      if (tools !== undefined) break;
    }
    if (tools === undefined) throw new Error("chromium ended before there was a page");
    return await poll(await pageOf(tools, url), wanted);
  } finally {
    if (chromium.pid !== undefined && chromium.exitCode === null) {
      process.kill(-chromium.pid, "SIGKILL");
    }
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Where the tools speak of the page. */
async function pageOf(tools: string, url: string): Promise<string> {
  for (;;) {
    const pages = (await (await fetch(`http://${tools}/json`)).json()) as {
      url: string;
      webSocketDebuggerUrl: string;
    }[];
    const page = pages.find((found) => found.url === url);
    if (page !== undefined) return page.webSocketDebuggerUrl;
  }
}

async function poll(where: string, wanted: RegExp): Promise<string> {
  // Not before it is used: the tests of virtual time have it take other functions of Node's.
  const { WebSocket } = await import("ws");
  const socket = new WebSocket(where);
  await once(socket, "open");
  for (let id = 1; ; id++) {
    const expression = "document.body.innerText";
    socket.send(JSON.stringify({ id, method: "Runtime.evaluate", params: { expression } }));
    const [data] = (await once(socket, "message")) as [Buffer];
    const { result } = JSON.parse(data.toString()) as { result?: { result: { value?: string } } };
    const text = result?.result.value ?? "";
    if (wanted.test(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
