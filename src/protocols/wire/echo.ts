import { Protocol } from "../protocol.ts";

/**
 * Sends back what it gets (RFC 862), no faster than the peer takes it: then it reads no more.
 *
 * ```ts
 * import { Echo, Factory } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await reactor.listenTCP(7, Factory.forProtocol(Echo));
 * const client = await LineClient.dial(reactor, 7);
 * client.say("hello");
 * console.log(await client.heard("hello")); // → hello
 * client.close();
 * await stopped;
 * ```
 */
export class Echo extends Protocol {
  override connectionMade(): void {
    this.transport.registerProducer(this.transport, true);
  }

  override dataReceived(data: Uint8Array): void {
    this.transport.write(data);
  }
}
