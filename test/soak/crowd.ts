/**
 * A crowd of raw sockets, in a process of its own: `crowd.ts PORT COUNT`. All come, and it says so.
 * At a word of its parent all speak, or misbehave; those who spoke leave, and it says how many were
 * answered as they should. At another word the others leave too: they cannot know when the server
 * has had enough of them, since one who does not read does not see that it was cut off.
 */
import { once } from "node:events";
import net from "node:net";
import { BABBLE, FLOOD, mannerOf, ROUNDS, saying } from "./manners.ts";

/** It divides every COUNT, and a backlog takes it. */
const AT_ONCE = 50;
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

  misbehave(): void {
    const socket = this.#socket;
    switch (mannerOf(this.index)) {
      case "resets":
        socket.write("half a li", () => socket.resetAndDestroy());
        break;
      case "babbles":
        socket.resume().write(BABBLE);
        break;
      case "floods":
        socket.write(FLOOD);
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
process.send?.(guests.length);
await once(process, "message");

const polite = guests.filter(({ index }) => mannerOf(index) === "polite");
for (const guest of guests) guest.misbehave();
await Promise.all(polite.map((guest) => guest.speak()));
const served = await Promise.all(polite.map((guest) => guest.leave()));
process.send?.(served.filter((well) => well).length);
await once(process, "message");
for (const guest of guests) guest.vanish();
process.disconnect();
