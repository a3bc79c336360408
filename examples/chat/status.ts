/**
 * A page about the chat, by node:http: `/` for people, `/status.json` for programs. Its connections
 * are the reactor's, so that a test asks for it in virtual time.
 */
import { createServer, type RequestListener } from "node:http";
import type { Deferred, ListeningPort, Reactor } from "skein";
import { serveDuplex } from "skein/interop";

export interface Status {
  /** How many are here. */
  readonly people: number;
  readonly upSeconds: number;
  /** What was said last; empty without a history. */
  readonly lines: readonly string[];
  /** How many lines the history has not saved yet; null without one, or before it has begun. */
  readonly unsaved: number | null;
}

/** Whoever says nothing for so long is disconnected. */
const IDLE_MS = 30_000;

/** Serves the page on `port`; `look` is called for each request. */
export function serveStatus(
  reactor: Reactor<"tcp">,
  port: number,
  host: string,
  look: () => Status,
): Deferred<ListeningPort> {
  const server = createServer(answerWith(look));
  server.timeout = IDLE_MS;
  const accept = (socket: object): boolean => server.emit("connection", socket);
  return serveDuplex(reactor, port, accept, { interface: host });
}

function answerWith(look: () => Status): RequestListener {
  return (request, response) => {
    // It would tell the system's time, and so differ from test to test.
    response.sendDate = false;
    const answer = (status: number, type: string, text: string): void => {
      response.writeHead(status, {
        "content-type": `${type}; charset=utf-8`,
        "content-length": Buffer.byteLength(text),
        "cache-control": "no-store",
      });
      response.end(text);
    };
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      answer(405, "text/plain", "this page can only be read\n");
    } else if (request.url === "/") {
      answer(200, "text/html", pageOf(look()));
    } else if (request.url === "/status.json") {
      answer(200, "application/json", JSON.stringify(look()));
    } else {
      answer(404, "text/plain", "there are / and /status.json\n");
    }
  };
}

function pageOf({ people, upSeconds, lines }: Status): string {
  const said = lines.map((line) => `<li>${escapeHTML(line)}</li>`).join("\n");
  return `<!doctype html>
<meta charset="utf-8">
<title>The chat</title>
<h1>${people === 1 ? "1 is here" : `${people} are here`}</h1>
<p>The chat is up for ${upSeconds} s.</p>
<ul>
${said}
</ul>
`;
}

/** Guests say what they like: on the page it is text. */
function escapeHTML(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
