/** The same on a page: each that is opened has a job of its own, which ends with it. */
import { readFileSync } from "node:fs";
import type { Deferred } from "skein/defer";
import type { Reactor } from "skein/reactor";
import type { ThreadPool } from "skein/threads";
import { routes, Site } from "skein/web";
import { WebSocketProtocol, websockets } from "skein/websocket";
import { type Display, type JobOptions, showJob } from "./job.ts";
import type { Progress } from "./work.ts";

const HTML = readFileSync(new URL("./page.html", import.meta.url), "utf8");

/** A page that is so far behind is not told of every step. */
const UNSENT_MAX_BYTES = 4096;

/** One page, by its WebSocket. */
class Page extends WebSocketProtocol implements Display {
  readonly #pool: ThreadPool;
  readonly #options: JobOptions;
  #job: Deferred<void> | undefined;

  constructor(pool: ThreadPool, options: JobOptions) {
    super();
    this.#pool = pool;
    this.#options = options;
  }

  override connectionMade(): void {
    this.#job = showJob(this.#pool, this.#options, this);
  }

  override connectionLost(): void {
    this.#job?.cancel();
  }

  show(progress: Progress): void {
    if (this.transport.bufferedBytes > UNSENT_MAX_BYTES) return;
    this.transport.send(JSON.stringify(progress));
  }

  end(outcome: string): void {
    if (!this.transport.connected) return;
    this.transport.send(JSON.stringify({ outcome }));
    this.transport.close();
  }
}

/** A site with the page, to be listened with. */
export function progressSite(
  reactor: Reactor<"tcp" | "threads">,
  pool: ThreadPool,
  options: JobOptions,
): Site {
  const html = { "content-type": "text/html; charset=utf-8" };
  const site = new Site(
    reactor,
    routes({ "GET /": { fetch: () => new Response(HTML, { headers: html }) } }),
  );
  websockets(site, "/progress", () => new Page(pool, options));
  return site;
}
