// oxlint-disable-next-line import/no-unassigned-import -- it hooks what ws takes when it is loaded
import "../support/bridged.ts";
import { createHash } from "node:crypto";
import { expect } from "chai";
import { connectDuplex, type ReactorSocket, serveDuplex } from "skein/interop";
import { createReactor, type Reactor } from "skein/reactor";
import { deferLater } from "skein/task";
import { routes, Site } from "skein/web";
import { connectWebSocket, WebSocketProtocol, websockets } from "skein/websocket";
import { cut } from "../support/fuzz.ts";
import {
  closing,
  decodeFrames,
  describeFrame,
  encode,
  frame,
} from "../support/websocket-frames.ts";
import { type Case, CASES } from "./autobahn-cases.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const MASK = Buffer.from([1, 2, 3, 4]);

class Echo extends WebSocketProtocol {
  override messageReceived(message: string | Uint8Array): void {
    this.transport.send(message);
  }
}

/** A connection on which frames are spoken by hand, with ours at the other end. */
interface Stand {
  readonly socket: ReactorSocket;
  /** For clients, which must mask. */
  readonly mask: Buffer | undefined;
}

/** The bytes of the answer's head are taken out. */
async function headOf(socket: ReactorSocket): Promise<string> {
  let head = "";
  while (!head.endsWith("\r\n\r\n")) {
    const byte = socket.read(1) as Buffer | null;
    if (byte === null) await new Promise((resolve) => socket.once("readable", resolve));
    else head += byte.toString("latin1");
  }
  return head;
}

async function beAClient(reactor: Reactor<"tcp">): Promise<Stand> {
  const site = new Site(reactor, routes({}));
  websockets(site, "/echo", () => new Echo(), { closeTimeout: 5 });
  await reactor.listenTCP(80, site);
  const socket = connectDuplex(reactor, "127.0.0.1", 80);
  socket.on("error", () => {});
  socket.write(
    "GET /echo HTTP/1.1\r\nHost: site.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  );
  await headOf(socket);
  return { socket, mask: MASK };
}

async function beAServer(reactor: Reactor<"tcp">): Promise<Stand> {
  const accepted = new Promise<ReactorSocket>((resolve) => {
    void serveDuplex(reactor, 80, resolve);
  });
  await deferLater(reactor, 0);
  const connecting = connectWebSocket(reactor, "ws://127.0.0.1/", new Echo(), { closeTimeout: 5 });
  const socket = await accepted;
  socket.on("error", () => {});
  const [, key = ""] = /sec-websocket-key: (\S+)/i.exec(await headOf(socket)) ?? [];
  const accept = createHash("sha1")
    .update(key + GUID)
    .digest("base64");
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  await connecting;
  return { socket, mask: undefined };
}

/** What is answered, and whether the connection has ended. */
async function run(
  stand: (reactor: Reactor<"tcp">) => Promise<Stand>,
  { frames, pieces }: Case,
): Promise<string[]> {
  const errors: unknown[] = [];
  const reactor = createReactor("clock", { onError: (error) => errors.push(error) });
  const stopped = reactor.run();
  const { socket, mask } = await stand(reactor);
  const answers: string[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let ended = false;
  socket.on("data", (data: Buffer) => {
    const decoded = decodeFrames(Buffer.concat([rest, data]));
    rest = decoded.rest;
    for (const answer of decoded.frames) {
      // Clients mask, servers do not.
      answers.push(describeFrame(answer));
    }
  });
  socket.on("close", () => (ended = true));
  const send = (bytes: Uint8Array): void => {
    if (socket.writable) socket.write(bytes);
  };
  const encoded = frames.map((one) => encode(one, mask));
  if (pieces === "frames") {
    for (const bytes of encoded) {
      send(bytes);
      await deferLater(reactor, 0.001);
    }
  } else if (pieces === undefined) send(Buffer.concat(encoded));
  else for (const piece of cut(Buffer.concat(encoded), [pieces])) send(piece);
  await deferLater(reactor, 1);
  const closed = (): boolean => answers.some((answer) => answer.startsWith("close"));
  if (!closed()) {
    send(encode(frame(8, closing(1000)), mask));
    await deferLater(reactor, 1);
    // That it was well until then.
    if (answers.at(-1) === "close 1000") answers.pop();
    else answers.push("no goodbye");
  }
  // As those do that have said goodbye.
  socket.end();
  await deferLater(reactor, 10);
  if (!ended) answers.push("no end");
  reactor.stop();
  await stopped;
  expect(errors).to.deep.equal([]);
  return answers;
}

for (const [side, stand] of [
  ["a server", beAClient],
  ["a client", beAServer],
] as const) {
  describe(`the cases of Autobahn, with ${side} of ours`, () => {
    for (const [id, one] of Object.entries(CASES)) {
      it(id, async () => {
        const answers = await run(stand, one);
        const early = one.may?.filter((answer, i) => answers[i] === answer) ?? [];
        expect(answers.slice(early.length)).to.deep.equal(one.answers);
      });
    }

    it(side === "a server" ? "a frame without a mask" : "a frame with a mask", async () => {
      const wrongly = async (reactor: Reactor<"tcp">): Promise<Stand> => {
        const { socket, mask } = await stand(reactor);
        return { socket, mask: mask === undefined ? MASK : undefined };
      };
      expect(await run(wrongly, { frames: [frame(1, "hello")], answers: [] })).to.deep.equal([
        "close 1002",
      ]);
    });
  });
}
