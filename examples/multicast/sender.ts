/** Tells a group the time, once a second: `npx reactor examples/multicast/sender.ts`. */
import { DatagramProtocol, defineDaemon, LoopingCall, type Reactor } from "skein";
import type { MulticastTransport } from "skein";
import { GROUP, GROUP_OPTIONS } from "./group.ts";

class Sender extends DatagramProtocol<MulticastTransport> {
  readonly #call: LoopingCall;

  constructor(reactor: Reactor, port: number) {
    super();
    const begun = reactor.seconds();
    this.#call = new LoopingCall(reactor, () => {
      const seconds = Math.round(reactor.seconds() - begun);
      this.transport.write(`${seconds} s`, { host: GROUP, port });
    });
  }

  begin(): void {
    void this.#call.start(1);
  }

  override stopProtocol(): void {
    if (this.#call.running) this.#call.stop();
  }
}

export default defineDaemon({
  summary: "Tells a group the time.",
  options: GROUP_OPTIONS,
  build(reactor: Reactor<"multicast">, options) {
    const sender = new Sender(reactor, options.port);
    return reactor
      .listenMulticast(0, sender) // any port: it is only sent from
      .addCallback(() => sender.transport.setOutgoingInterface(options.interface))
      .addCallback(() => sender.begin());
  },
});
