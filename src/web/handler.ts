/** What answers requests: a function as node:http has them, or an object with a `fetch`. */
import type { IncomingMessage, ServerResponse } from "node:http";

/** What the path of a request has in the places that a route leaves open, by their names. */
export type Params = Readonly<Record<string, string>>;

/**
 * Answers a request as a listener of node:http does. By HTTP/2 the two are node:http2's, which have
 * the same methods. What it returns may be waited for: when that fails, or the call throws, the
 * error is reported, and the client gets the status 500.
 */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  params: Params,
) => unknown;

/**
 * Answers a request with a response, in the classes of the web: frameworks have such a method. It
 * may return a promise, or a Deferred; errors are as of a {@link RequestHandler}. `request.signal`
 * is aborted when the client goes before it is answered.
 */
export interface FetchHandler {
  fetch(request: Request, params: Params): Response | PromiseLike<Response>;
}

/** What a site, or a route, answers with. */
export type Handler = RequestHandler | FetchHandler;
