import { createReactor, Factory, Protocol } from "skein";
import { serving } from "./serving.mjs";

class Echo extends Protocol {
  dataReceived(data) {
    this.transport.write(data);
  }
}

const reactor = createReactor("libuv");
reactor
  .listenTCP(0, Factory.forProtocol(Echo), { interface: "127.0.0.1" })
  .addCallback((port) => serving(port.getHost().port));
void reactor.run();
