import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import type { Reactor } from "skein";
import { connectDuplex } from "skein/interop";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks the chat's page, by node:http's client on the reactor. */
export function ask(
  reactor: Reactor<"tcp">,
  port: number,
  path: string,
  method = "GET",
): Promise<Answer> {
  const createConnection = (): never => connectDuplex(reactor, "127.0.0.1", port) as never;
  return new Promise((resolve, reject) => {
    const answered = (response: IncomingMessage): void => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    };
    const headers = { host: "chat" };
    request({ createConnection, path, method, headers }, answered).on("error", reject).end();
  });
}
