/**
 * Loads an echo server of WebSockets: `load.mjs PORT CONNECTIONS DEPTH MESSAGE_BYTES`. Reads
 * numbers of messages, a line each; for each it sends so many, DEPTH under way on each connection,
 * waits for the echoes, and writes the seconds it took. It frames nothing: bytes are counted.
 */
import net from "node:net";
import { createInterface } from "node:readline";

const [port, connections, depth, messageBytes] = process.argv.slice(2).map(Number);
const head = (mask) =>
  messageBytes < 126
    ? [0x82, mask | messageBytes]
    : [0x82, mask | 126, messageBytes >> 8, messageBytes & 255];
// Its mask is zero, which changes nothing.
const message = Buffer.concat([
  Buffer.from([...head(128), 0, 0, 0, 0]),
  Buffer.alloc(messageBytes),
]);
const echoBytes = head(0).length + messageBytes;
const batch = Buffer.concat(Array.from({ length: depth }, () => message));

const sockets = await Promise.all(
  Array.from({ length: connections }, () => {
    const socket = net.connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.write(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    return new Promise((resolve) => socket.once("data", () => resolve(socket)));
  }),
);

/** One round after another: DEPTH messages, then their echoes. */
function run(socket, messages) {
  return new Promise((resolve) => {
    let left = messages;
    let unreceived = 0;
    const send = () => {
      const count = Math.min(depth, left);
      left -= count;
      unreceived = count * echoBytes;
      socket.write(count === depth ? batch : batch.subarray(0, count * message.length));
    };
    const receive = (data) => {
      unreceived -= data.length;
      if (unreceived > 0) return;
      if (left > 0) send();
      else {
        socket.off("data", receive);
        resolve();
      }
    };
    socket.on("data", receive);
    send();
  });
}

for await (const line of createInterface(process.stdin)) {
  const each = Math.ceil(Number(line) / connections);
  const began = performance.now();
  await Promise.all(sockets.map((socket) => run(socket, each)));
  console.log(`${(performance.now() - began) / 1000} 0`);
}
process.exit();
