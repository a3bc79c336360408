/**
 * Says how long it has been up, to whoever sends it a datagram: `echo | nc -u -w1 127.0.0.1 7100`.
 *
 * It shows a daemon of datagrams: one protocol for the port, and `from` to answer to. Datagrams
 * may be lost, on the way here or back: who asks asks again.
 */
import {
  DatagramProtocol,
  type DelayedCall,
  Deferred,
  defineDaemon,
  type Reactor,
  type UDPAddress,
} from "skein";

class Uptime extends DatagramProtocol {
  readonly reactor: Reactor;
  startedAt = 0;

  constructor(reactor: Reactor) {
    super();
    this.reactor = reactor;
  }

  override startProtocol(): void {
    this.startedAt = this.reactor.seconds();
  }

  override datagramReceived(_question: Uint8Array, from: UDPAddress): void {
    const seconds = Math.round(this.reactor.seconds() - this.startedAt);
    this.transport.write(`up ${seconds} s\n`, from);
  }
}

/** Asks until it is answered, or has asked often enough. */
class Question extends DatagramProtocol {
  readonly answer: Deferred<string> = new Deferred<string>(() => this.#close());
  readonly #reactor: Reactor;
  readonly #host: string;
  readonly #port: number;
  #triesLeft = 5;
  #again: DelayedCall | undefined;

  constructor(reactor: Reactor, host: string, port: number) {
    super();
    this.#reactor = reactor;
    this.#host = host;
    this.#port = port;
  }

  override startProtocol(): void {
    this.transport.connect(this.#host, this.#port);
    this.#ask();
  }

  override datagramReceived(data: Uint8Array): void {
    this.#close();
    this.answer.callback(new TextDecoder().decode(data).trim());
  }

  override stopProtocol(): void {
    if (this.#again?.active) this.#again.cancel();
    if (!this.answer.called) this.answer.errback(new Error("nobody said how long they are up"));
  }

  #ask(): void {
    if (this.#triesLeft-- === 0) return this.#close();
    this.transport.write("?");
    this.#again = this.#reactor.callLater(1, () => this.#ask());
  }

  #close(): void {
    void this.transport.stopListening();
  }
}

/** Asks the daemon there; fires with what it says, or fails when it does not answer in 5 s. */
export function askUptime(reactor: Reactor<"udp">, host: string, port: number): Deferred<string> {
  const question = new Question(reactor, host, port);
  return reactor.listenUDP(0, question).addCallback(() => question.answer);
}

export default defineDaemon({
  summary: "Says how long it has been up, by UDP.",
  options: {
    host: { type: "string", default: "127.0.0.1", help: "the IP address to listen on" },
    port: { type: "number", default: 7100, help: "the port to listen on" },
  },
  build(reactor: Reactor<"udp">, { host, port }) {
    return reactor
      .listenUDP(port, new Uptime(reactor), { interface: host })
      .addCallback((opened) => {
        const { host: where, port: number } = opened.getHost();
        console.log(`uptime: ask with: echo | nc -u -w1 ${where} ${number}`);
        return opened;
      });
  },
});
