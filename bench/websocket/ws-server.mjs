/** The same by ws alone. */
import { WebSocketServer } from "ws";
import { serving } from "../echo/serving.mjs";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1" }, () => {
  serving(server.address().port);
});
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
