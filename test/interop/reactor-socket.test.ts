import { once } from "node:events";
import { finished } from "node:stream/promises";
import { expect } from "chai";
import { connectDuplex, ReactorSocket, serveDuplex, toDuplex } from "skein/interop";
import type { ReactorSocketOptions } from "skein/interop";
import { Factory, LineReceiver } from "skein/protocols";
import { createReactor, type Reactor } from "skein/reactor";
import { bridged } from "../support/bridged.ts";

/** Two ends of a connection. */
async function pair(
  reactor: Reactor<"tcp">,
  options: ReactorSocketOptions = {},
): Promise<[client: ReactorSocket, server: ReactorSocket]> {
  let accepted = (_socket: ReactorSocket): void => {};
  const accepting = new Promise<ReactorSocket>((resolve) => (accepted = resolve));
  const port = await serveDuplex(reactor, 0, (socket) => accepted(socket), options);
  const client = connectDuplex(reactor, "127.0.0.1", port.getHost().port, options);
  await once(client, "connect");
  return [client, await accepting];
}

/** Not by iterating, which destroys the socket at the end. */
async function textOf(socket: ReactorSocket): Promise<string> {
  let text = "";
  socket.on("data", (piece: Buffer) => (text += piece.toString()));
  await once(socket, "end");
  return text;
}

/** Unlike events.once(), an error does not reject it. */
function closed(socket: ReactorSocket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** The events of a socket's end, as they come. */
function record(socket: ReactorSocket, seen: string[]): void {
  socket.on("end", () => seen.push("end"));
  socket.on("finish", () => seen.push("finish"));
  socket.on("error", (error: NodeJS.ErrnoException) => seen.push(`error ${error.code}`));
  socket.on("close", (failed: boolean) => seen.push(`close ${failed}`));
}

describe("ReactorSocket", () => {
  bridged(
    "sends what was written before the connection was there",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      const late = new ReactorSocket(reactor);
      late.write("too ");
      late.end("early");
      const port = await serveDuplex(reactor, 0, (socket) => socket.pipe(client));
      late.connect(port.getHost().port, "127.0.0.1");
      return [await textOf(server)];
    },
    ["too early"],
  );

  bridged(
    "says what it is doing",
    async (reactor) => {
      const idle = new ReactorSocket(reactor);
      const seen: string[] = [idle.readyState];
      const port = await serveDuplex(reactor, 0, (socket) => socket.resume());
      const { port: number } = port.getHost();
      // As net.Socket takes them.
      idle.connect({ host: "127.0.0.1", port: number }, () => seen.push(idle.readyState));
      seen.push(idle.readyState, String(idle.connecting), String(idle.pending));
      await once(idle, "ready");
      seen.push(`${idle.remoteAddress} ${idle.remoteFamily}`, String(idle.remotePort === number));
      seen.push(String("port" in idle.address() && idle.address().port === idle.localPort));
      seen.push(String(idle.setNoDelay().setKeepAlive(true, 1000).ref().unref() === idle));
      idle.end();
      await once(idle, "close");
      return [...seen, idle.readyState];
    },
    [
      "closed",
      "opening",
      "true",
      "true",
      "open",
      "127.0.0.1 IPv4",
      "true",
      "true",
      "true",
      "closed",
    ],
  );

  bridged(
    "ends one direction, and goes on in the other",
    async (reactor) => {
      const [client, server] = await pair(reactor, { allowHalfOpen: true });
      client.end("all of it");
      const heard = await textOf(server);
      server.end(`heard ${heard}`);
      return [await textOf(client), `${client.bytesWritten} ${client.bytesRead}`];
    },
    ["heard all of it", "9 15"],
  );

  bridged(
    "ends both directions when the peer ends its own, unless told otherwise",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      const seen: string[] = [];
      record(server, seen);
      const ended = Promise.all([closed(server), closed(client)]);
      server.resume();
      client.resume();
      client.end();
      await ended;
      return seen;
    },
    ["end", "finish", "close false"],
  );

  bridged(
    "holds a writer back whose peer does not read",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      const piece = Buffer.alloc(64 * 1024, "x");
      let written = 0;
      let mayGoOn = true;
      // More than the buffers of any system.
      while (written < 64 * 1024 * 1024 && mayGoOn) {
        mayGoOn = client.write(piece);
        written += piece.length;
        if (!mayGoOn) mayGoOn = await Promise.race([drained(client), later(reactor, 0.2)]);
      }
      const held = written < 64 * 1024 * 1024;
      let read = 0;
      server.on("data", (data: Buffer) => (read += data.length));
      client.end();
      await finished(server);
      return [`held back: ${held}`, `all came: ${read === written}`];
    },
    ["held back: true", "all came: true"],
  );

  bridged(
    "does not read on for a reader that is behind",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      client.end(Buffer.alloc(1024 * 1024));
      await later(reactor, 0.2);
      const buffered = server.readableLength;
      let read = 0;
      for await (const piece of server) read += (piece as Buffer).length;
      return [`few are kept: ${buffered > 0 && buffered <= 256 * 1024}`, String(read)];
    },
    ["few are kept: true", String(1024 * 1024)],
  );

  bridged(
    "calls back when a write was taken, in order, never from inside",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      server.resume();
      const seen: string[] = [];
      client.write("one", () => seen.push("one"));
      client.write("two", () => seen.push("two"));
      seen.push("written");
      await new Promise<void>((resolve) => client.end(() => resolve()));
      return seen;
    },
    ["written", "one", "two"],
  );

  bridged(
    "delivers nothing from inside write()",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      server.on("data", (data: Buffer) => {
        writing = true;
        server.write(data);
        writing = false;
      });
      let writing = false;
      let inside = 0;
      client.on("data", () => {
        if (writing) inside++;
      });
      for (let i = 0; i < 10; i++) {
        writing = true;
        client.write("ping");
        writing = false;
        await once(client, "data");
      }
      return [String(inside)];
    },
    ["0"],
  );

  bridged(
    "is an error for the peer when it is reset",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      const seen: string[] = [];
      record(server, seen);
      server.on("error", ({ cause }) => seen.push((cause as Error).name));
      server.resume();
      client.resetAndDestroy();
      await closed(server);
      return seen;
    },
    ["error ECONNRESET", "ConnectionLostError", "close true"],
  );

  bridged(
    "is destroyed with an error of the program's",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      server.resume();
      const seen: string[] = [];
      client.on("error", (error) => seen.push(error.message));
      record(client, seen);
      client.destroy(new Error("enough"));
      await Promise.all([closed(client), closed(server)]);
      return seen;
    },
    ["enough", "error undefined", "close true"],
  );

  bridged(
    "gives up connecting when it is destroyed",
    async (reactor) => {
      const port = await serveDuplex(reactor, 0, () => {});
      const client = connectDuplex(reactor, "127.0.0.1", port.getHost().port);
      const seen: string[] = [];
      record(client, seen);
      client.write("never sent", (error) => {
        seen.push(`${(error as NodeJS.ErrnoException).code}`);
      });
      client.destroy();
      await once(client, "close");
      return seen;
    },
    ["ERR_SOCKET_CLOSED_BEFORE_CONNECTION", "close false"],
  );

  bridged(
    "is destroyed soon: when everything was sent",
    async (reactor) => {
      const [client, server] = await pair(reactor);
      client.write("x".repeat(300_000));
      client.destroySoon();
      return [String((await textOf(server)).length)];
    },
    ["300000"],
  );

  bridged(
    "takes a transport over from its protocol, with what that has left",
    async (reactor) => {
      class Upgrading extends LineReceiver {
        override delimiter = "\n";
        override lineReceived(): void {
          const rest = this.clearLineBuffer();
          toDuplex(reactor, this.transport, { rest }).on("data", function (this: ReactorSocket, b) {
            this.end(`raw: ${String(b)}`);
          });
        }
      }
      const port = await reactor.listenTCP(0, Factory.forProtocol(Upgrading));
      const client = connectDuplex(reactor, "127.0.0.1", port.getHost().port);
      client.write("upgrade\nand more");
      return [await textOf(client)];
    },
    ["raw: and more"],
  );

  it("times out on the reactor's clock, anew with every byte", async () => {
    const reactor = createReactor("clock");
    const seen: string[] = [];
    const stopped = reactor.run();
    const [client, server] = await pair(reactor);
    const say = (): boolean => server.write("still here");
    client.resume();
    client.setTimeout(10_000, () => {
      seen.push(`idle at ${reactor.seconds()}`);
      client.setTimeout(0);
    });
    reactor.callLater(8, say);
    reactor.callLater(16, say);
    await stopped;
    expect(seen).to.deep.equal(["idle at 26"]);
  });

  it("ends without an error when the reactor stops", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    const [client, server] = await pair(reactor);
    const seen: string[] = [];
    record(client, seen);
    expect(server.destroyed).to.equal(false);
    reactor.stop();
    await stopped;
    expect(seen).to.deep.equal(["close false"]);
  });

  it("tells the reactor of an error that nobody listens for", async () => {
    const errors: unknown[] = [];
    const reactor = createReactor("clock", { onError: (error) => errors.push(error) });
    const stopped = reactor.run();
    const [client, server] = await pair(reactor);
    server.resetAndDestroy();
    await closed(client);
    expect(errors.map(String)).to.deep.equal(["Error: read ECONNRESET"]);
    await stopped;
  });

  it("ends the connection whose listener throws, and tells the reactor", async () => {
    const errors: unknown[] = [];
    const reactor = createReactor("clock", { onError: (error) => errors.push(error) });
    const stopped = reactor.run();
    const [client, server] = await pair(reactor);
    const oops = new Error("oops");
    server.on("data", () => {
      throw oops;
    });
    const failing = once(server, "error");
    client.on("error", () => {});
    client.write("x");
    const [error] = (await failing) as [Error];
    expect(error.cause).to.equal(oops);
    expect(errors).to.deep.equal([oops]);
    await stopped;
  });
});

async function drained(socket: ReactorSocket): Promise<boolean> {
  await once(socket, "drain");
  return true;
}

function later(reactor: Reactor, seconds: number): Promise<boolean> {
  return new Promise((resolve) => reactor.callLater(seconds, () => resolve(false)));
}
