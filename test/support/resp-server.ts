/** As much of a Redis server as a client needs to think that it is one. */
import { Factory, LineReceiver } from "skein/protocols";

/** A factory; its connections share what was set. */
export function respServer(): Factory {
  const values = new Map<string, string>();
  return Factory.forProtocol(
    class extends LineReceiver {
      #words: string[] = [];
      #left = 0;

      /** `*2 $4 ECHO $2 hi`, a line each; what is counted in bytes holds no line breaks here. */
      override lineReceived(line: string): void {
        if (this.#left === 0) {
          this.#left = Number(line.slice(1));
          this.#words = [];
        } else if (!line.startsWith("$")) {
          this.#words.push(line);
          if (--this.#left === 0) this.transport.write(`${this.#answer(this.#words)}\r\n`);
        }
      }

      #answer([command = "", key = "", value = ""]: readonly string[]): string {
        switch (command.toLowerCase()) {
          case "set":
            values.set(key, value);
            return "+OK";
          case "get":
            return bulk(values.get(key));
          case "incr":
            values.set(key, String(Number(values.get(key) ?? 0) + 1));
            return `:${values.get(key)}`;
          case "client":
          case "quit":
            return "+OK";
          default:
            return `-ERR unknown command '${command}'`;
        }
      }
    },
  );
}

function bulk(text: string | undefined): string {
  return text === undefined ? "$-1" : `$${Buffer.byteLength(text)}\r\n${text}`;
}
