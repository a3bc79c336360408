import type { IncomingMessage, ServerResponse } from "node:http";
import { BodyTooLargeError } from "./errors.ts";

/**
 * Sees to it that no more than `maxBodyBytes` of a body arrive. One that announces more is answered
 * 413 at once: false, as nobody needs to look at it. One that turns out to have more is answered
 * 413 if nothing was answered yet, and ends with BodyTooLargeError for its reader.
 */
export function limitBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBodyBytes: number,
): boolean {
  const { "content-length": announced, "transfer-encoding": encoding } = request.headers;
  if (announced !== undefined) {
    if (Number(announced) <= maxBodyBytes) return true;
    refuse(response);
    return false;
  }
  // By HTTP/1.1 there is none; by HTTP/2 nobody has to say so.
  if (encoding === undefined && request.httpVersionMajor < 2) return true;
  let bytes = 0;
  let refused = false;
  const push = request.push.bind(request);
  request.push = (chunk: Uint8Array | null, textEncoding?: BufferEncoding): boolean => {
    if (refused) return false;
    bytes += chunk?.length ?? 0;
    if (bytes <= maxBodyBytes) return push(chunk, textEncoding);
    refused = true;
    const end = (): void => void request.destroy(new BodyTooLargeError(maxBodyBytes));
    if (response.headersSent) end();
    else {
      response.once("finish", end);
      refuse(response);
    }
    return false;
  };
  return true;
}

function refuse(response: ServerResponse): void {
  if (response.req.httpVersionMajor < 2) response.setHeader("connection", "close");
  response.writeHead(413).end();
}
