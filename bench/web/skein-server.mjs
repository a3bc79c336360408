/** A page by a site, on libuv. */
import { createReactor } from "skein/reactor";
import { Site } from "skein/web";
import { serving } from "../echo/serving.mjs";
import { page } from "./page.mjs";

const reactor = createReactor("libuv");
void reactor.run();
reactor
  .listenTCP(0, new Site(reactor, page), { interface: "127.0.0.1", backlog: 511 })
  .addCallback((port) => {
    serving(port.getHost().port);
  });
