import net from "node:net";
import { serving } from "./serving.mjs";

const server = net.createServer((socket) => {
  socket.on("data", (data) => socket.write(data));
  socket.on("error", () => {});
});
server.listen(0, "127.0.0.1", () => serving(server.address().port));
