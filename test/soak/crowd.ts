/**
 * A crowd of raw sockets, in a process of its own: `crowd.ts PORT COUNT`. All come, then all speak,
 * then all leave. Sends its parent the number of those who were answered as they should.
 */
import { once } from "node:events";
import net from "node:net";
import { BABBLE, FLOOD, mannerOf, ROUNDS, saying } from "./manners.ts";

const AT_ONCE = 40;
const [port, count] = process.argv.slice(2).map(Number) as [number, number];

class Guest {
  readonly index: number;
  readonly #socket: net.Socket;
  #heard = "";

  constructor(index: number) {
    this.index = index;
    this.#socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    // The server resets those who misbehave; what counts is what the polite ones hear.
    this.#socket.on("error", () => {});
  }

  async come(): Promise<void> {
    await once(this.#socket, "connect");
    this.#socket.on("data", (data) => (this.#heard += data.toString()));
    this.#socket.pause();
  }

  /** Resolves when the server has had enough of it. */
  async misbehave(): Promise<void> {
    const socket = this.#socket;
    switch (mannerOf(this.index)) {
      case "resets":
        socket.write("half a li", () => socket.resetAndDestroy());
        break;
      case "babbles":
        socket.resume().write(BABBLE);
        await new Promise((resolve) => socket.on("end", resolve).on("close", resolve));
        break;
      case "floods":
        socket.write(FLOOD);
        // By a reset, which once() would take for an error of its own.
        await new Promise((resolve) => socket.on("close", resolve));
        break;
      case "leaves":
        socket.resume().end();
        break;
      default:
    }
  }

  async speak(): Promise<void> {
    this.#socket.resume();
    for (let round = 1; round <= ROUNDS; round++) {
      this.#socket.write(`${saying(this.index, round)}\n`);
      const answers = this.#answers(round);
      while (this.#heard.length < answers.length) await once(this.#socket, "data");
    }
  }

  /** Whether everything it heard is as it should be, and the end came as an end. */
  async leave(): Promise<boolean> {
    const ended = once(this.#socket, "end");
    this.#socket.write("bye\n");
    await ended;
    this.#socket.destroy();
    return this.#heard === this.#answers(ROUNDS);
  }

  vanish(): void {
    this.#socket.destroy();
  }

  #answers(rounds: number): string {
    let answers = "";
    for (let round = 1; round <= rounds; round++) {
      answers += `hello, ${saying(this.index, round)}\n`;
    }
    return answers;
  }
}

const guests: Guest[] = [];
for (let first = 0; first < count; first += AT_ONCE) {
  const arrivals = Array.from({ length: AT_ONCE }, (_, i) => new Guest(first + i));
  await Promise.all(arrivals.map((guest) => guest.come()));
  guests.push(...arrivals);
}
process.send?.("all have come");
await once(process, "message");

const polite = guests.filter(({ index }) => mannerOf(index) === "polite");
const misbehaved = guests.map((guest) => guest.misbehave());
await Promise.all(polite.map((guest) => guest.speak()));
const served = await Promise.all(polite.map((guest) => guest.leave()));
await Promise.all(misbehaved);
process.send?.(served.filter((well) => well).length);
for (const guest of guests) guest.vanish();
process.disconnect();
