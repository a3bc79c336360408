/** WebSocket echo by a protocol of ours, on libuv. */
import { createReactor } from "skein/reactor";
import { routes, Site } from "skein/web";
import { WebSocketProtocol, websockets } from "skein/websocket";
import { serving } from "../echo/serving.mjs";

class Echo extends WebSocketProtocol {
  messageReceived(message) {
    this.transport.send(message);
  }
}
const reactor = createReactor("libuv");
void reactor.run();
const site = new Site(reactor, routes({}));
websockets(site, "/", () => new Echo());
reactor.listenTCP(0, site, { interface: "127.0.0.1" }).addCallback((port) => {
  serving(port.getHost().port);
});
