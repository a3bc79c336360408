/** The view of a daemon as a page, kept up to date by server-sent events. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Deferred } from "../../defer/deferred.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import type { ListeningPort } from "../../reactor/transport.ts";
import type { RequestHandler } from "../../web/handler.ts";
import { Site } from "../../web/site.ts";
import { watchControl } from "../control/control-client.ts";
import type { Snapshot } from "../control/snapshot.ts";
import { PAGE } from "./page.ts";
import { viewOf } from "./view.ts";

/** So many may look at a time. */
export const VIEWERS_MAX = 16;
/** Who has more than this to read has stopped reading. */
const UNREAD_BYTES_MAX = 1024 * 1024;
/** Only names of this machine: a page elsewhere must not read this one under a name of its own. */
const OWN_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** Listens on 127.0.0.1. The daemon is watched while somebody looks. */
export function servePage(
  reactor: Reactor<"tcp" | "unix">,
  path: string,
  every: number,
  port: number,
): Deferred<ListeningPort> {
  const viewers = new Set<ServerResponse>();
  const broadcast = (event: string, data: unknown): void => {
    for (const viewer of viewers) {
      if (viewer.writableLength > UNREAD_BYTES_MAX) viewer.destroy();
      else viewer.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  };
  let stop: (() => void) | undefined;
  const watch = (): void => {
    let before: Snapshot | undefined;
    stop = watchControl(reactor, path, every, {
      snapshot(snapshot) {
        broadcast("view", viewOf(snapshot, before));
        before = snapshot;
      },
      ended(why) {
        stop = undefined;
        broadcast("gone", why);
        // They ask again, after a while of their own.
        for (const viewer of viewers) viewer.end();
      },
    });
  };
  const follow = (response: ServerResponse): void => {
    viewers.add(response);
    response.once("close", () => {
      viewers.delete(response);
      if (viewers.size > 0) return;
      stop?.();
      stop = undefined;
    });
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write("retry: 2000\n\n");
    if (stop === undefined) watch();
  };
  const answer: RequestHandler = (request, response) => {
    const refused = whyRefused(request, viewers.size);
    if (refused !== undefined) {
      response.writeHead(refused[0], { "content-type": "text/plain" }).end(`${refused[1]}\n`);
    } else if (request.url === "/events") {
      follow(response);
    } else {
      response.writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "content-security-policy":
          "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; " +
          "connect-src 'self'",
      });
      response.end(PAGE);
    }
  };
  const site = new Site(reactor, answer, { http2: false });
  // Their answers have no end of their own.
  site.onDrain(() => {
    for (const viewer of viewers) viewer.end();
  });
  return reactor.listenTCP(port, site, { interface: "127.0.0.1" });
}

function whyRefused(
  { method, url, headers }: IncomingMessage,
  viewers: number,
): readonly [number, string] | undefined {
  if (!OWN_HOST.test(headers.host ?? "")) return [403, "ask for 127.0.0.1"];
  if (method !== "GET" && method !== "HEAD") return [405, "this can only be read"];
  if (url !== "/" && url !== "/events") return [404, "there are / and /events"];
  if (url === "/events" && viewers >= VIEWERS_MAX) return [503, `${VIEWERS_MAX} look already`];
  return undefined;
}
