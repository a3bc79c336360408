/** A clock that is moved by hand, as Twisted's: it jumps, then calls what is due. */
export class Clock {
  #now = 0;
  #calls: Call[] = [];

  /** How many calls are still to come. */
  get waiting(): number {
    return this.#calls.filter(({ active }) => active).length;
  }

  callLater(delaySeconds: number, action: () => void): Call {
    const call = new Call(this.#now + delaySeconds, action);
    this.#calls.push(call);
    this.#calls.sort((a, b) => a.at - b.at);
    return call;
  }

  advance(seconds: number): void {
    this.#now += seconds;
    for (;;) {
      const [first] = this.#calls;
      if (first === undefined || first.at > this.#now) return;
      this.#calls.shift();
      first.run();
    }
  }
}

class Call {
  readonly at: number;
  active = true;
  readonly #action: () => void;

  constructor(at: number, action: () => void) {
    this.at = at;
    this.#action = action;
  }

  cancel(): void {
    this.active = false;
  }

  run(): void {
    if (!this.active) return;
    this.active = false;
    this.#action();
  }
}
