import type { Display } from "./job.ts";
import type { Progress } from "./work.ts";

/** Of process.stdout, what it takes. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_MAX = 40;
/** What stands beside the bar, in columns. */
const BESIDE = 8;

/** A bar that is drawn anew in its place; where there is no terminal, a line for each tenth. */
export class TerminalDisplay implements Display {
  readonly #output: Output;
  #tenths = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  show({ done, total }: Progress): void {
    const percent = Math.floor((done / total) * 100);
    if (this.#output.isTTY === true) {
      this.#output.write(`\r[${this.#bar(done / total)}] ${percent} %\x1b[K`);
    } else if (Math.floor(percent / 10) > this.#tenths) {
      this.#tenths = Math.floor(percent / 10);
      this.#output.write(`${percent} %\n`);
    }
  }

  end(outcome: string): void {
    this.#output.write(this.#output.isTTY === true ? `\n${outcome}\n` : `${outcome}\n`);
  }

  #bar(part: number): string {
    const columns = this.#output.columns || 80; // some terminals say 0
    const width = Math.max(1, Math.min(BAR_MAX, columns - BESIDE));
    const full = Math.floor(part * width);
    return "#".repeat(full) + ".".repeat(width - full);
  }
}
