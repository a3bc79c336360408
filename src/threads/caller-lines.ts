import type { CallerEvents, CallerLine, OnLine, Reply } from "../core/call-line.ts";
import { simulatedThread } from "../core/thread.ts";
import type { Crossed } from "../core/crossing-object.ts";
import type { Reactor, TriggerId } from "../reactor/capabilities.ts";

/** The caller's ends of the lines of one call. */
export class CallerLines {
  readonly #reactor: Reactor;
  /** Sends to the worker, if the call runs. */
  readonly #tell: (message: unknown) => void;
  readonly #thread = simulatedThread();
  readonly #ends = new Map<number, CallerEvents>();
  #stopping: TriggerId | undefined = undefined;

  constructor(reactor: Reactor, tell: (message: unknown) => void) {
    this.#reactor = reactor;
    this.#tell = tell;
  }

  add(index: number, connect: NonNullable<Crossed["connect"]>): void {
    const line: CallerLine = {
      callFromThread: (action) => this.#reactor.callFromThread(action),
      send: (body) => this.#tell({ line: index, body } satisfies OnLine),
      clock: this.#reactor,
      thread: this.#thread,
    };
    // A worker must not wait for a reactor that has stopped.
    this.#stopping ??= this.#reactor.addSystemEventTrigger("during", "shutdown", () => {
      this.#stopping = undefined;
      this.end();
    });
    this.#ends.set(index, connect(line));
  }

  told({ line, body }: OnLine): void {
    this.#ends.get(line)?.told(body);
  }

  asked({ line, body }: OnLine, reply: Reply, atOnce: boolean): void {
    this.#ends.get(line)?.asked(body, reply, atOnce);
  }

  /** More than once does no harm. */
  end(): void {
    if (this.#stopping !== undefined) this.#reactor.removeSystemEventTrigger(this.#stopping);
    this.#stopping = undefined;
    for (const end of this.#ends.values()) {
      try {
        end.ended();
      } catch (error) {
        // The others are to be told all the same.
        this.#reactor.reportError(error, "telling an argument that its call has ended");
      }
    }
  }
}
