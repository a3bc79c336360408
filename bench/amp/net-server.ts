/** What a call costs without AMP: bytes as many as an answer for those of a question. */
import net, { type AddressInfo } from "node:net";

const ANSWER = Buffer.alloc(46, 120);
const server = net.createServer((socket) => {
  socket.setNoDelay(true);
  socket.on("data", () => socket.write(ANSWER));
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
process.stdin.on("end", () => process.exit()).resume();
