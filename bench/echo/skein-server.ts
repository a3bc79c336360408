import { createReactor, Factory, Protocol } from "skein";
import { serving } from "./serve.ts";

class Echo extends Protocol {
  override dataReceived(data: Uint8Array): void {
    this.transport.write(data);
  }
}

const reactor = createReactor("libuv");
reactor
  .listenTCP(0, Factory.forProtocol(Echo), { interface: "127.0.0.1" })
  .addCallback((port) => serving(port.getHost().port));
void reactor.run();
