/** What a ReactorSocket does beside the queues of node:stream, where those would be empty. */
import { bridged } from "../support/bridged.ts";
import { connectDuplex, type ReactorSocket, serveDuplex } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { deferLater } from "skein/task";

/** Both ends of a connection. */
async function pair(reactor: Reactor<"tcp">): Promise<[ReactorSocket, ReactorSocket]> {
  const accepted: ReactorSocket[] = [];
  const port = await serveDuplex(reactor, 0, (socket) => accepted.push(socket), {
    interface: "127.0.0.1",
  });
  const client = connectDuplex(reactor, "127.0.0.1", port.getHost().port);
  while (accepted.length === 0) await deferLater(reactor, 0.01);
  return [client, accepted[0] as ReactorSocket];
}

describe("a ReactorSocket that flows", () => {
  bridged(
    "decodes characters that were cut, from the moment it is told to",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      const seen: string[] = [];
      client.on("data", (data: Buffer | string) => {
        seen.push(typeof data === "string" ? data : `${data.length} bytes`);
        if (client.readableEncoding === null) client.setEncoding("utf8");
      });
      for (const piece of ["first", "a\xc3", "\xa4b"]) {
        server.write(piece, "latin1");
        await deferLater(reactor, 0.05);
      }
      client.destroy();
      return [seen.shift() ?? "", seen.join("")];
    },
    ["5 bytes", "aäb"],
  );

  bridged(
    "holds what comes while it is paused, and gives it in order",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      let heard = "";
      client.on("data", (data: Buffer) => {
        heard += data.toString();
        client.pause();
      });
      for (const piece of ["a", "b", "c"]) {
        server.write(piece);
        await deferLater(reactor, 0.05);
      }
      const held = heard;
      while (heard.length < 3) {
        client.resume();
        await deferLater(reactor, 0.05);
      }
      server.write("d");
      client.resume();
      await deferLater(reactor, 0.05);
      client.destroy();
      return [held, heard];
    },
    ["a", "abcd"],
  );

  bridged(
    "tells a writer whose bytes are not taken before the connection is reset, then closes",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      const told: string[] = [];
      server.pause();
      client.on("error", ({ code }: NodeJS.ErrnoException) => told.push(`error ${code}`));
      client.on("close", () => told.push("closed"));
      client.cork();
      client.write(Buffer.alloc(10_000_000));
      client.write("more", (error) => told.push(error ? "not taken" : "taken"));
      client.uncork();
      await deferLater(reactor, 0.1);
      server.resetAndDestroy();
      await deferLater(reactor, 0.2);
      // A reset shows as one, or as a pipe without a reader, by what the system was at.
      return told.map((line) => line.replace(/ECONNRESET|EPIPE/, "RESET"));
    },
    ["not taken", "error RESET", "closed"],
  );

  bridged(
    "sends what was written in many small pieces whole, and says when each was taken",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      let heard = "";
      server.on("data", (data: Buffer) => {
        heard += data.toString();
        // Answers from inside the listener go out behind one another.
        for (const mark of ["<", "", ">"]) server.write(mark);
      });
      let back = "";
      client.on("data", (data: Buffer) => (back += data.toString()));
      const order: number[] = [];
      for (let i = 0; i < 100; i++) client.write(`${i},`, () => order.push(i));
      await deferLater(reactor, 0.2);
      client.destroy();
      const all = Array.from({ length: 100 }, (_, i) => i);
      return [
        String(heard === `${all.join()},`),
        String(order.join() === all.join()),
        String(/^(<>)+$/.test(back)),
      ];
    },
    ["true", "true", "true"],
  );
});
