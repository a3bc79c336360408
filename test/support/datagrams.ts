/** Datagrams on the clock: a port that sends numbers, and one that writes down what it gets. */
import { DatagramProtocol, type UDPAddress } from "skein/protocols";
import { type ClockOptions, createReactor, type TraceEvent } from "skein/reactor";

const PORT = 7000;
const HOST = "127.0.0.1";

export class Notes extends DatagramProtocol {
  readonly texts: string[] = [];
  readonly senders: UDPAddress[] = [];

  override datagramReceived(data: Uint8Array, from: UDPAddress): void {
    this.texts.push(new TextDecoder().decode(data));
    this.senders.push(from);
  }
}

export interface Sent {
  /** What arrived of the numbers from 0 on. */
  readonly arrived: number[];
  /** What the network said of it, without the times. */
  readonly events: string[];
  readonly trace: TraceEvent[];
  /** When the last thing happened. */
  readonly endedAt: number;
}

/** Sends so many numbered datagrams, a millisecond apart, and waits until all is over. */
export async function sendNumbers(count: number, options: ClockOptions): Promise<Sent> {
  const trace: TraceEvent[] = [];
  const reactor = createReactor("clock", { ...options, trace: (event) => trace.push(event) });
  const [sender, receiver] = [new Notes(), new Notes()];
  reactor.listenUDP(PORT, receiver, { interface: HOST });
  reactor.listenUDP(0, sender, { interface: HOST });
  for (let i = 0; i < count; i++) {
    reactor.callLater(0.001 * (i + 1), () => {
      sender.transport.write(`${i}`, { host: HOST, port: PORT });
    });
  }
  await reactor.runUntilIdle();
  const events = trace.map(({ event }) => event).filter((event) => event.startsWith("udp "));
  return { arrived: receiver.texts.map(Number), events, trace, endedAt: reactor.seconds() };
}
