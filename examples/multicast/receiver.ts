/**
 * Prints what is sent to a group: `npx reactor examples/multicast/receiver.ts`, as often as you like,
 * in several terminals. All of them hear the sender; it does not know how many they are.
 */
import { DatagramProtocol, defineDaemon, type Reactor } from "skein";
import type { MulticastTransport, UDPAddress } from "skein";
import { GROUP, GROUP_OPTIONS } from "./group.ts";

class Receiver extends DatagramProtocol<MulticastTransport> {
  override datagramReceived(data: Uint8Array, from: UDPAddress): void {
    console.log(`${from.host}: ${new TextDecoder().decode(data)}`);
  }
}

export default defineDaemon({
  summary: "Prints what is sent to a group.",
  options: GROUP_OPTIONS,
  build(reactor: Reactor<"multicast">, options) {
    const receiver = new Receiver();
    return reactor
      .listenMulticast(options.port, receiver, { listenMultiple: true })
      .addCallback((port) =>
        receiver.transport.joinGroup(GROUP, options.interface).addCallback(() => port),
      );
  },
});
