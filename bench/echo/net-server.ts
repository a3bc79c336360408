import net, { type AddressInfo } from "node:net";
import { serving } from "./serve.ts";

const server = net.createServer((socket) => {
  socket.on("data", (data) => socket.write(data));
  socket.on("error", () => {});
});
server.listen(0, "127.0.0.1", () => serving((server.address() as AddressInfo).port));
