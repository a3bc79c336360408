import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { BadOptionError } from "../../core/errors.ts";
import type { ReactorCore } from "../../reactor/capabilities.ts";
import type { RequestHandler } from "../handler.ts";
import { pathOf } from "../routes.ts";
import { type Encoding, acceptedEncodings } from "./accept-encoding.ts";
import { parseRange } from "./byte-range.ts";
import { Compressor } from "./compressor.ts";
import { checkConditions, rangeHolds } from "./conditions.ts";
import { type Disk, diskOf, type OpenFile } from "./disk.ts";
import { filePath, isBelow } from "./file-path.ts";
import { contentType, isCompressible, type MimeTypes } from "./mime-types.ts";
import { readAll, sendPart } from "./send-file.ts";

export interface StaticFilesOptions {
  /** The file that a directory is shown as; `index.html` unless given, false for none. */
  readonly index?: string | false;
  /** Whether files are served whose names begin with a dot; those of `.well-known` always are. */
  readonly dotfiles?: boolean;
  /** The value of Cache-Control, or what gives it for a path below the root; none unless given. */
  readonly cacheControl?: string | ((path: string) => string);
  /** Says what types files are of, before the own table is asked: `mime.lookup` of a library. */
  readonly mimeTypes?: MimeTypes;
  /** Whether `x.css.br` or `x.css.gz` beside `x.css` is sent to who takes it; true unless given. */
  readonly precompressed?: boolean;
  /** Whether texts of 1 KiB to 1 MiB are compressed where they are not yet; true unless given. */
  readonly compress?: boolean;
}

const COMPRESS_MIN_BYTES = 1024;
const COMPRESS_MAX_BYTES = 1024 * 1024;

const SUFFIXES: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz" };

/** What says that there is no such file, or none that may be read. */
const NOT_FOUND = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EISDIR", "ENXIO"]);
const FORBIDDEN = new Set(["EACCES", "EPERM"]);

/**
 * A handler that serves the files below a directory.
 *
 * ```ts
 * import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
 * import { join } from "node:path";
 * import { tmpdir } from "node:os";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 * import { Site, staticFiles } from "skein/web";
 *
 * const root = mkdtempSync(join(tmpdir(), "teas-"));
 * writeFileSync(join(root, "index.html"), "<h1>Teas</h1>\n");
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await reactor.listenTCP(80, new Site(reactor, staticFiles(reactor, root)));
 * const client = await LineClient.dial(reactor, 80);
 * client.transport.write("GET / HTTP/1.1\r\nHost: tea.example\r\n\r\n");
 * console.log(await client.heard("Teas")); // → <h1>Teas</h1>
 * reactor.stop();
 * await stopped;
 * rmSync(root, { recursive: true });
 * ```
 *
 * In {@link routes} it belongs behind a `*`. It answers GET and HEAD; ranges of bytes (one: several
 * are answered by the whole file), conditions (ETag, Last-Modified), and Accept-Encoding. ETags are
 * strong, but for what it compresses itself. A directory without a slash at its end is redirected
 * to the one with it.
 *
 * Nothing outside the root is served: neither by `..`, however it is written, nor by a link that
 * leads out. What is no regular file is not there. An error of the disk's is 500, and reported.
 *
 * @throws BadOptionError for a root that is no path.
 */
export function staticFiles(
  reactor: ReactorCore,
  root: string,
  options: StaticFilesOptions = {},
): RequestHandler {
  if (root === "" || root.includes("\0")) {
    throw new BadOptionError("the root of static files must be the path of a directory");
  }
  const files = new StaticFiles(reactor, root, options);
  return (request, response, { "*": rest }) =>
    files.answer(request, response, rest ?? pathOf(request.url ?? "/").slice(1));
}

/** A file that is open, in the form in which it is sent. */
interface Found {
  readonly file: OpenFile;
  readonly path: string;
  /** As it lies on the disk. */
  readonly encoding?: Encoding;
}

class StaticFiles {
  readonly #disk: Disk;
  readonly #compressor: Compressor;
  readonly #root: string;
  readonly #options: StaticFilesOptions;

  constructor(reactor: ReactorCore, root: string, options: StaticFilesOptions) {
    this.#disk = diskOf(reactor);
    this.#compressor = new Compressor(reactor);
    this.#root = root;
    this.#options = options;
  }

  async answer(request: IncomingMessage, response: ServerResponse, raw: string): Promise<void> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    const parts = filePath(raw, this.#options.dotfiles === true);
    if (parts === undefined) {
      refuse(response, 404);
      return;
    }
    try {
      await this.#answer(request, response, parts);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
      if (response.headersSent) throw error;
      if (NOT_FOUND.has(code)) refuse(response, 404);
      else if (FORBIDDEN.has(code)) refuse(response, 403);
      else throw error;
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    parts: readonly string[],
  ): Promise<void> {
    const { index = "index.html" } = this.#options;
    const isDirectory = parts.at(-1) === "";
    if (isDirectory && index === false) {
      refuse(response, 404);
      return;
    }
    const names = isDirectory ? [...parts.slice(0, -1), index as string] : parts;
    const root = await this.#disk.realPath(this.#root);
    const found = await this.#open(root, join(root, ...names));
    if (found === undefined) {
      refuse(response, 404);
      return;
    }
    if (found.file.stats.isDirectory()) {
      await found.file.close();
      // To what is a directory, as it was written: its links are relative to it.
      if (isDirectory) refuse(response, 404);
      else redirect(request, response);
      return;
    }
    await this.#sendBest(request, response, root, found, names.join("/"));
  }

  /** What is there to be sent; the file of the request's is closed in any case. */
  async #sendBest(
    request: IncomingMessage,
    response: ServerResponse,
    root: string,
    plain: Found,
    name: string,
  ): Promise<void> {
    const open = [plain];
    try {
      if (!plain.file.stats.isFile()) {
        refuse(response, 404);
        return;
      }
      const type = contentType(name, this.#options.mimeTypes);
      response.setHeader("content-type", type);
      response.setHeader("x-content-type-options", "nosniff");
      const { cacheControl } = this.#options;
      const caching = typeof cacheControl === "function" ? cacheControl(name) : cacheControl;
      if (caching !== undefined) response.setHeader("cache-control", caching);
      if (!isCompressible(type)) {
        await this.#send(request, response, plain, undefined);
        return;
      }
      response.setHeader("vary", "accept-encoding");
      const wanted = acceptedEncodings(request.headers["accept-encoding"]);
      const compressed = await this.#precompressed(root, plain, wanted);
      if (compressed !== undefined) open.push(compressed);
      const { size } = plain.file.stats;
      const [encoding] = wanted;
      const compresses =
        compressed === undefined &&
        this.#options.compress !== false &&
        request.headers.range === undefined &&
        size >= COMPRESS_MIN_BYTES &&
        size <= COMPRESS_MAX_BYTES;
      await this.#send(request, response, compressed ?? plain, compresses ? encoding : undefined);
    } finally {
      for (const { file } of open) await file.close();
    }
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    { file, path, encoding }: Found,
    compressing: Encoding | undefined,
  ): Promise<void> {
    const { mtimeMs, size } = file.stats;
    const tag = `${Math.round(mtimeMs * 1000).toString(36)}-${size.toString(36)}`;
    const content = encoding ?? compressing;
    const etag = `${compressing === undefined ? "" : "W/"}"${tag}${content ? `-${content}` : ""}"`;
    const version = { etag, modifiedMs: mtimeMs };
    response.setHeader("etag", etag);
    response.setHeader("last-modified", file.stats.mtime.toUTCString());
    const outcome = checkConditions(request.headers, version);
    if (outcome !== undefined) {
      response.removeHeader("content-type");
      response.writeHead(outcome).end();
      return;
    }
    if (content !== undefined) response.setHeader("content-encoding", content);
    const head = request.method === "HEAD";
    if (compressing !== undefined) {
      const read = (): Promise<Uint8Array> => readAll(file, path);
      const bytes = await this.#compressor.compressed(`${path} ${tag}`, compressing, read);
      response.writeHead(200, { "content-length": bytes.length });
      response.end(head ? undefined : bytes);
      return;
    }
    response.setHeader("accept-ranges", "bytes");
    const asked = rangeHolds(request.headers, version) ? request.headers.range : undefined;
    const range = parseRange(asked, size);
    if (range === "none") {
      for (const name of ["content-type", "content-encoding"]) response.removeHeader(name);
      response.writeHead(416, { "content-range": `bytes */${size}` }).end();
      return;
    }
    const { start, end } = range ?? { start: 0, end: size };
    if (range !== undefined) {
      response.statusCode = 206;
      response.setHeader("content-range", `bytes ${start}-${end - 1}/${size}`);
    }
    response.setHeader("content-length", end - start);
    if (head) response.end();
    else await sendPart(file, path, { start, end }, response);
  }

  /** The file's compressed form that lies beside it, if it is not older. */
  async #precompressed(
    root: string,
    plain: Found,
    wanted: readonly Encoding[],
  ): Promise<Found | undefined> {
    if (this.#options.precompressed === false) return undefined;
    for (const encoding of wanted) {
      try {
        const found = await this.#open(root, plain.path + SUFFIXES[encoding]);
        if (found === undefined) continue;
        const { stats } = found.file;
        if (stats.isFile() && stats.mtimeMs >= plain.file.stats.mtimeMs) {
          return { ...found, encoding };
        }
        await found.file.close();
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? "";
        if (!NOT_FOUND.has(code) && !FORBIDDEN.has(code)) throw error;
      }
    }
    return undefined;
  }

  /** Undefined for what does not lie below the root. */
  async #open(root: string, path: string): Promise<Found | undefined> {
    const real = await this.#disk.realPath(path);
    if (!isBelow(root, real)) return undefined;
    const file = await this.#disk.open(real);
    if (isBelow(root, file.place)) return { file, path: real };
    await file.close();
    return undefined;
  }
}

function redirect({ url = "/" }: IncomingMessage, response: ServerResponse): void {
  const query = /\?[^#]*/.exec(url)?.[0] ?? "";
  response.writeHead(301, { location: `${pathOf(url)}/${query}` }).end();
}

function refuse(response: ServerResponse, status: 403 | 404): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(status === 404 ? "There is nothing here.\n" : "This is not for everybody.\n");
}
