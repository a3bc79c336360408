/** Clients of sites, for tests: by raw bytes, and by node:http over the bridge. */
import { once } from "node:events";
import http from "node:http";
import { connectDuplex, type ReactorSocket } from "skein/interop";
import type { ListeningPort, Reactor } from "skein/reactor";
import { deferLater } from "skein/task";
import { Site, type Handler, type SiteOptions } from "skein/web";

export interface OpenSite {
  readonly site: Site;
  readonly port: ListeningPort;
  /** A connection for raw bytes. */
  dial(): RawClient;
  /** One request by node:http. */
  ask(options: http.RequestOptions, body?: string | Uint8Array): Promise<Answer>;
  pass(seconds: number): PromiseLike<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** A site that listens on a port. */
export async function openSite(
  reactor: Reactor<"tcp">,
  handler: Handler,
  options: SiteOptions = {},
): Promise<OpenSite> {
  const site = new Site(reactor, handler, options);
  const port = await reactor.listenTCP(0, site, { interface: "127.0.0.1" });
  const dial = (): ReactorSocket => connectDuplex(reactor, "127.0.0.1", port.getHost().port);
  return {
    site,
    port,
    dial: () => new RawClient(dial()),
    async ask(asked, body) {
      // The port varies: it must not be in a header.
      const request = http.request({ host: "site.example", createConnection: dial, ...asked });
      request.end(body);
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      const pieces: Buffer[] = [];
      for await (const piece of response) pieces.push(piece as Buffer);
      const all = Buffer.concat(pieces);
      const { statusCode: status = 0, headers } = response;
      return { status, headers, body: all, text: all.toString() };
    },
    pass: (seconds) => deferLater(reactor, seconds, () => {}),
  };
}

/** Sends bytes, and keeps what comes. */
export class RawClient {
  readonly socket: ReactorSocket;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<unknown>;
  heard = "";
  error: NodeJS.ErrnoException | undefined;
  readonly #changed: (() => void)[] = [];

  constructor(socket: ReactorSocket) {
    this.socket = socket;
    socket.on("data", (data: Buffer) => {
      this.heard += data.toString("latin1");
      for (const changed of this.#changed.splice(0)) changed();
    });
    socket.on("error", (error) => (this.error = error));
    this.closed = new Promise((resolve) => socket.once("close", resolve));
    void this.closed.then(() => {
      for (const changed of this.#changed.splice(0)) changed();
    });
  }

  send(text: string | Uint8Array): this {
    this.socket.write(text);
    return this;
  }

  /** Resolves when it has heard that, or as much as there will be. */
  async until(pattern: string | RegExp): Promise<string> {
    const has = (): boolean =>
      typeof pattern === "string" ? this.heard.includes(pattern) : pattern.test(this.heard);
    while (!has() && !this.socket.closed) {
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
    return this.heard;
  }

  /** The status lines of what it has heard, in order. */
  get statuses(): string[] {
    return [...this.heard.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status = ""]) => status);
  }
}

/** A request of HTTP/1.1, as bytes. */
export function get(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\nHost: site.example\r\n${lines.join("")}\r\n`;
}
