import { createReactor, portForward } from "skein";
import { serving } from "../echo/serving.mjs";

const port = Number(process.argv[2]);
const reactor = createReactor("libuv");
reactor
  .listenTCP(0, portForward(reactor, { host: "127.0.0.1", port }), { interface: "127.0.0.1" })
  .addCallback((opened) => serving(opened.getHost().port));
void reactor.run();
