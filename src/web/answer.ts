import type { IncomingMessage, ServerResponse } from "node:http";
import { isThenable } from "../core/is-thenable.ts";
import type { ReactorCore } from "../reactor/capabilities.ts";
import { answerByFetch } from "./fetch-handler.ts";
import type { Handler, Params, RequestHandler } from "./handler.ts";

export const NO_PARAMS: Params = Object.freeze({});

/** A handler of any form as a function. */
export function requestHandler(handler: Handler): RequestHandler {
  return typeof handler === "function" ? handler : answerByFetch(handler);
}

/** Has a handler answer; if it fails, the client gets 500, or the rest of the answer is cut off. */
export function answerBy(
  handler: RequestHandler,
  reactor: Pick<ReactorCore, "reportError">,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const failed = (error: unknown): void => {
    // Nobody is left to be told, and that was the reason.
    if (response.destroyed && isGone(error)) return;
    reactor.reportError(error, `answering ${request.method} ${request.url}`);
    if (response.headersSent) response.destroy();
    else fail(response);
  };
  try {
    const result = handler(request, response, NO_PARAMS);
    if (isThenable(result)) result.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}

function fail(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
  response.end("The server has made a mistake.\n");
}

const GONE = new Set(["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE", "ERR_BODY_TOO_LARGE"]);

/** Whether an error says that the client has gone. */
function isGone(error: unknown): boolean {
  const { code, name } = (error ?? {}) as { code?: string; name?: string };
  return name === "AbortError" || (code !== undefined && GONE.has(code));
}
