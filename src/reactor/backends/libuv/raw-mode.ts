/** The raw mode of this process' terminal, which must not outlive the process, nor its pauses. */
import type { ReadStream } from "node:tty";

/**
 * Signals that end the process without its knowing. Node puts the terminal back by itself at INT
 * and TERM.
 */
const ENDING = ["SIGHUP", "SIGQUIT"] as const;

export class RawMode {
  readonly #terminal: ReadStream;
  #enabled = false;

  constructor(terminal: ReadStream) {
    this.#terminal = terminal;
  }

  set(enabled: boolean): void {
    if (enabled === this.#enabled) return;
    this.#enabled = enabled;
    const change = enabled ? "on" : "off";
    process[change]("exit", this.#restore);
    for (const signal of ENDING) process[change](signal, this.#ended);
    process[change]("SIGTSTP", this.#stopped);
    process[change]("SIGCONT", this.#continued);
    // Last: a terminal that is lost ends its connection from inside, which comes here again.
    this.#terminal.setRawMode(enabled);
  }

  readonly #restore = (): void => {
    this.#terminal.setRawMode(false);
  };

  readonly #ended = (signal: NodeJS.Signals): void => {
    // Whoever else listens decides what comes of it.
    if (process.listenerCount(signal) > 1) return;
    this.set(false);
    process.kill(process.pid, signal);
  };

  readonly #stopped = (): void => {
    if (process.listenerCount("SIGTSTP") > 1) return;
    this.#restore();
    process.kill(process.pid, "SIGSTOP");
  };

  readonly #continued = (): void => {
    // libuv would do nothing where it thinks that it is in raw mode: a shell may know better.
    this.#restore();
    this.#terminal.setRawMode(true);
  };
}
