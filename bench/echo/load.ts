import net from "node:net";
import { once } from "node:events";

/** A way to load an echo server. */
export interface Load {
  readonly name: string;
  readonly connections: number;
  /** Messages under way at a time on each connection. */
  readonly depth: number;
  readonly messageBytes: number;
  readonly messages: number;
}

/** Sends all the messages, waits for all the echoes; returns the seconds it took. */
export async function run(port: number, load: Load): Promise<number> {
  const { connections, depth, messageBytes, messages } = load;
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
      await once(socket, "connect");
      return socket;
    }),
  );
  const share = Math.ceil(messages / connections);
  const started = performance.now();
  await Promise.all(sockets.map((socket) => pingPong(socket, share, depth, messageBytes)));
  const seconds = (performance.now() - started) / 1000;
  for (const socket of sockets) socket.destroy();
  return seconds;
}

function pingPong(
  socket: net.Socket,
  messages: number,
  depth: number,
  messageBytes: number,
): Promise<void> {
  const message = Buffer.alloc(messageBytes, 120);
  const total = messages * messageBytes;
  let sent = Math.min(depth, messages);
  let received = 0;
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("data", (data) => {
      const before = Math.floor(received / messageBytes);
      received += data.length;
      const whole = Math.floor(received / messageBytes) - before;
      const more = Math.min(whole, messages - sent);
      sent += more;
      if (more === 1) socket.write(message);
      else if (more > 1) socket.write(Buffer.alloc(messageBytes * more, 120));
      if (received === total) resolve();
    });
    socket.write(Buffer.alloc(messageBytes * sent, 120));
  });
}
