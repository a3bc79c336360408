import type { IncomingMessage } from "node:http";

/** Those that ask for another protocol, or go with it. */
const ASKING = new Set(["connection", "http2-settings", "upgrade"]);

/**
 * The head of a request that asks for another protocol, which it does not get, as one that does
 * not ask, and is its connection's last: node:http parses no body of one that asks.
 */
export function headWithoutUpgrade(request: IncomingMessage): Buffer {
  const { method, url, httpVersion, rawHeaders } = request;
  let head = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (!ASKING.has(name.toLowerCase())) head += `${name}: ${rawHeaders[i + 1]}\r\n`;
  }
  return Buffer.from(`${head}Connection: close\r\n\r\n`, "latin1");
}

/** Whether it names more than one host: whoever is in front of the site may go by another one. */
export function namesHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === 4 && name.toLowerCase() === "host") hosts++;
  }
  return hosts > 1;
}
