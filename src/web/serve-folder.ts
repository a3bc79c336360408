/** A daemon that serves the files of a folder by HTTP. */
import { statSync } from "node:fs";
import { BadOptionError } from "../core/errors.ts";
import { type Daemon, defineDaemon } from "../application/daemon.ts";
import { assertSeconds } from "../application/service.ts";
import type { Deferred } from "../defer/deferred.ts";
import { logger } from "../log/logger.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { ListeningPort } from "../reactor/transport.ts";
import { textOf } from "../reactor/unix-name.ts";
import { staticFiles } from "./files/static-files.ts";
import { Site } from "./site.ts";

const OPTIONS = {
  root: { type: "string", default: ".", help: "the folder whose files are served" },
  port: { type: "integer", default: 8080, help: "the port to listen on" },
  host: { type: "string", default: "127.0.0.1", help: "the IP address to listen on" },
  index: { type: "string", default: "index.html", help: "the file that a folder is shown as" },
  dotfiles: { type: "boolean", default: false, help: "serve files whose names begin with a dot" },
  compress: { type: "boolean", default: true, help: "compress texts for who takes them so" },
  cacheSeconds: { type: "integer", default: 0, help: "how long browsers may keep a file" },
} as const;

/**
 * Serves a folder: `root`, on `port` of `host`. Fires with the port.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 * import { serveFolder } from "skein/web";
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await serveFolder(reactor, { root: "docs", port: 8080 });
 * const client = await LineClient.dial(reactor, 8080);
 * client.transport.write("GET /web.md HTTP/1.1\r\nHost: site.example\r\n\r\n");
 * console.log((await client.heard("HTTP/1.1")).trim()); // → HTTP/1.1 200 OK
 * reactor.stop();
 * await stopped;
 * ```
 *
 * @throws BadOptionError for a root that is no folder, or a time that is none.
 */
export const serveFolder: Daemon<
  Reactor<"tcp">,
  typeof OPTIONS,
  Deferred<ListeningPort>
> = defineDaemon({
  summary: "Serves the files of a folder by HTTP.",
  options: OPTIONS,
  build(reactor: Reactor<"tcp">, options): Deferred<ListeningPort> {
    const { root, port, host, index, dotfiles, compress, cacheSeconds } = options;
    assertFolder(root);
    assertSeconds("cacheSeconds", cacheSeconds);
    const files = staticFiles(reactor, root, {
      index: index === "" ? false : index,
      dotfiles,
      compress,
      cacheControl: cacheSeconds > 0 ? `max-age=${cacheSeconds}` : "no-cache",
    });
    return reactor
      .listenTCP(port, new Site(reactor, files), { interface: host })
      .addCallback((opened) => {
        logger(reactor).info(`web: ${root} is on http://${textOf(opened.getHost())}/`);
        return opened;
      });
  },
});

function assertFolder(root: string): void {
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new BadOptionError(`root must be a folder, and "${root}" is none`);
}
