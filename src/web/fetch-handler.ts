/** Between node:http's requests and responses, and those of the web. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { drained } from "./drained.ts";
import type { FetchHandler, RequestHandler } from "./handler.ts";

/** A host, in brackets or not, and a port. */
const AUTHORITY = /^(?:[\w.~%!$&'()*+,;=-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/** Answers by what `handler.fetch` returns; both bodies go at the pace of who reads them. */
export function answerByFetch(handler: FetchHandler): RequestHandler {
  return async (request, response, params) => {
    const gone = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const asked = webRequest(request, gone.signal);
    if (asked === undefined) {
      response.writeHead(400).end();
      return;
    }
    const answer = await handler.fetch(asked, params);
    await sendResponse(answer, response);
  };
}

/** The request in the classes of the web; undefined where they cannot say it. */
function webRequest(request: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { method = "GET", url = "/" } = request;
  const headers = new Headers();
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] as string;
    if (!name.startsWith(":")) headers.append(name, request.rawHeaders[i + 1] as string);
  }
  const encrypted = (request.socket as { encrypted?: boolean }).encrypted === true;
  const { host, ":authority": authority = host } = request.headers;
  const named = authority === undefined || authority === "" ? "localhost" : String(authority);
  // With a slash, or the like, a part of it would be taken for the path.
  if (!AUTHORITY.test(named)) return undefined;
  try {
    const absolute = url.startsWith("/") ? `${encrypted ? "https" : "http"}://${named}${url}` : url;
    const hasBody = method !== "GET" && method !== "HEAD";
    // One that nobody reads must not be made.
    const body = hasBody ? (Readable.toWeb(request) as ReadableStream<Uint8Array>) : null;
    const init = { method, headers, signal, body, duplex: "half" };
    return new Request(absolute, init as RequestInit);
  } catch {
    // A host or a method that is none.
    return undefined;
  }
}

async function sendResponse(answer: Response, response: ServerResponse): Promise<void> {
  if (!(answer instanceof Response) && !isResponse(answer)) {
    throw new TypeError("a fetch handler has returned what is no Response");
  }
  const { body } = answer;
  if (response.destroyed) {
    await body?.cancel();
    return;
  }
  response.statusCode = answer.status;
  if (response.req.httpVersionMajor < 2 && answer.statusText !== "") {
    response.statusMessage = answer.statusText;
  }
  for (const [name, value] of answer.headers) {
    if (name !== "set-cookie") response.setHeader(name, value);
  }
  const cookies = answer.headers.getSetCookie();
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  if (body === null || response.req.method === "HEAD") {
    await body?.cancel();
    response.end();
    return;
  }
  await pipe(body as NodeReadableStream<Uint8Array>, response);
}

/** Each piece is taken when the one before it has found its place. */
async function pipe(body: NodeReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const gone = (): void => void reader.cancel().catch(() => {});
  response.once("close", gone);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (response.destroyed) return;
      if (done) break;
      if (!response.write(value)) await drained(response);
    }
    response.end();
  } finally {
    response.off("close", gone);
  }
}

/** Of another copy of the class. */
function isResponse(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object Response]";
}
