import { BadOptionError } from "../core/errors.ts";
import { requestHandler } from "./answer.ts";
import type { Handler, Params, RequestHandler } from "./handler.ts";

/**
 * Handlers by method and path: `GET /orders/:id`, or `/files/*` for all methods and all that is
 * below. `:id` is one part of the path, not an empty one, and `*`, at the end, all the rest, as it
 * was sent.
 */
export type Routes = Readonly<Record<string, Handler>>;

interface Route {
  readonly method: string | undefined;
  readonly parts: readonly string[];
  readonly handler: RequestHandler;
}

/**
 * A handler that chooses another by the request's method and path.
 *
 * ```ts
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 * import { routes, Site } from "skein/web";
 *
 * const site = routes({
 *   "GET /": (_request, response) => response.end("a tea shop\n"),
 *   "GET /teas/:name": {
 *     fetch: (_request, { name }) => new Response(`${JSON.stringify({ name, minutes: 3 })}\n`),
 *   },
 * });
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await reactor.listenTCP(80, new Site(reactor, site));
 * const client = await LineClient.dial(reactor, 80);
 * client.transport.write("GET /teas/earl%20grey HTTP/1.1\r\nHost: tea.example\r\n\r\n");
 * console.log(await client.heard("minutes")); // → {"name":"earl grey","minutes":3}
 * reactor.stop();
 * await stopped;
 * ```
 *
 * The first that fits has it, in the order in which they are written. HEAD goes to GET's where it
 * has none of its own. A path without a route is answered 404, a method without one 405, a path
 * that is no text in percent-encoding 400. The handler gets what the open parts have, decoded, as
 * its `params`; the rest is called `"*"`, and is not decoded.
 *
 * @throws BadOptionError for what is no route.
 */
export function routes(table: Routes): RequestHandler {
  const all = Object.entries(table).map(([pattern, handler]) => parseRoute(pattern, handler));
  return (request, response, outer) => {
    const { method = "GET", url = "/" } = request;
    const raw = pathOf(url).slice(1).split("/");
    const parts = decodeParts(raw);
    if (parts === undefined) {
      response.writeHead(400).end();
      return undefined;
    }
    const methods = new Set<string>();
    let forHead: (() => unknown) | undefined;
    for (const route of all) {
      const params = match(route.parts, parts, raw);
      if (params === undefined) continue;
      const answer = (): unknown => route.handler(request, response, { ...outer, ...params });
      if (route.method === undefined || route.method === method) return answer();
      if (method === "HEAD" && route.method === "GET") forHead ??= answer;
      methods.add(route.method);
    }
    if (forHead !== undefined) return forHead();
    if (methods.size === 0) {
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
      response.end("There is nothing here.\n");
      return undefined;
    }
    if (methods.has("GET")) methods.add("HEAD");
    response.writeHead(405, { allow: [...methods].sort().join(", ") }).end();
    return undefined;
  };
}

const PATTERN = /^(?:([A-Z][A-Z-]*) )?(\/\S*)$/;

function parseRoute(pattern: string, handler: Handler): Route {
  const [, method, path] = PATTERN.exec(pattern) ?? [];
  if (path === undefined) {
    throw new BadOptionError(`a route is "METHOD /path" or "/path", not "${pattern}"`);
  }
  const parts = path.slice(1).split("/");
  const names = parts.filter((part) => part.startsWith(":"));
  if (names.includes(":") || new Set(names).size < names.length) {
    throw new BadOptionError(`the open parts of "${pattern}" need names, each its own`);
  }
  if (parts.slice(0, -1).includes("*")) {
    throw new BadOptionError(`"*" is the rest of a path, at its end: "${pattern}"`);
  }
  return { method, parts, handler: requestHandler(handler) };
}

/** The path of a request's URL, without its query, as it was sent. */
export function pathOf(url: string): string {
  // A proxy's form, and that of OPTIONS.
  const path = url.startsWith("/") ? url : (/^\w+:\/\/[^/?#]*([^]*)$/.exec(url)?.[1] ?? "/");
  const [bare = ""] = path.split(/[?#]/, 1);
  return bare === "" ? "/" : bare;
}

/** Undefined for what is no text in percent-encoding. */
function decodeParts(raw: readonly string[]): string[] | undefined {
  try {
    return raw.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function match(
  pattern: readonly string[],
  parts: readonly string[],
  raw: readonly string[],
): Params | undefined {
  const params: Record<string, string> = {};
  for (const [i, wanted] of pattern.entries()) {
    if (wanted === "*") {
      if (i >= parts.length) return undefined;
      params["*"] = raw.slice(i).join("/");
      return params;
    }
    const part = parts[i];
    if (part === undefined) return undefined;
    if (wanted.startsWith(":")) {
      if (part === "") return undefined;
      params[wanted.slice(1)] = part;
    } else if (part !== wanted) return undefined;
  }
  return pattern.length === parts.length ? params : undefined;
}
