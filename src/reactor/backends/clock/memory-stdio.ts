/** Standard input and output in virtual time: pipes, with a simulated process at the other end. */
import { checksum } from "../../../core/bytes.ts";
import type { Deferred } from "../../../defer/deferred.ts";
import { fail, succeed } from "../../../defer/fired.ts";
import type { ProcessProgram } from "../../process-script.ts";
import type { SimulatedStdio } from "../../simulation.ts";
import { NotATerminalError, StdioInUseError } from "../../stdio-errors.ts";
import { StdioConnection, type StdioDriver } from "../../stdio.ts";
import type { TimerQueue } from "../../timer-queue.ts";
import { brokenPipe, type MemoryPipe } from "./memory-pipe.ts";
import { ScriptedChild } from "./scripted-child.ts";

type Report = (error: unknown, doing: string) => void;

/** What they need of their world. */
export interface StdioWorld {
  readonly happenings: TimerQueue;
  readonly trace: (event: string) => void;
  readonly stdio: ProcessProgram | SimulatedStdio | undefined;
}

/** As /dev/null: at its end, and whatever is written is taken. */
const nobody: ProcessProgram = async (child) => {
  child.close(1);
  for await (const _ of child.stdin);
};

export class MemoryStdio implements StdioDriver {
  readonly #world: StdioWorld;
  #inUse = false;

  constructor(world: StdioWorld) {
    this.#world = world;
  }

  open({ raw }: { readonly raw: boolean }, report: Report): Deferred<StdioConnection> {
    const { stdio = nobody } = this.#world;
    const { program, terminal = false } = typeof stdio === "function" ? { program: stdio } : stdio;
    if (this.#inUse) return fail(new StdioInUseError());
    if (raw && !terminal) return fail(new NotATerminalError());
    this.#inUse = true;
    const over = (): void => {
      this.#inUse = false;
    };
    return succeed<StdioConnection>(
      new MemoryStdioConnection(this.#world, program, terminal, report, over),
    );
  }
}

class MemoryStdioConnection extends StdioConnection {
  readonly isTerminal: boolean;
  readonly #world: StdioWorld;
  readonly #over: () => void;
  readonly #input: MemoryPipe;
  readonly #output: MemoryPipe;
  /** Somebody wants to know when some of what waits was taken. */
  #flushWanted = false;
  /** What is to be done when all of it was taken. */
  #whenSent: (() => void) | undefined = undefined;
  #raw = false;
  #closed = false;

  constructor(
    world: StdioWorld,
    program: ProcessProgram,
    isTerminal: boolean,
    report: Report,
    over: () => void,
  ) {
    super(report);
    this.#world = world;
    this.isTerminal = isTerminal;
    this.#over = over;
    const peer = new ScriptedChild(0, PEER, { later: this.#later });
    this.#input = peer.outputs.get(1) as MemoryPipe;
    this.#output = peer.inputs.get(0) as MemoryPipe;
    this.#input.setReading(false);
    this.#input.reader = {
      received: (bytes) => {
        this.#trace(`in ${bytes.length} #${checksum(bytes).toString(16)}`);
        this.received(bytes);
      },
      ended: () => {
        this.#trace("in ended");
        this.endReceived();
      },
    };
    this.#output.writer = { taken: () => this.#taken(), broken: () => this.#lose(brokenPipe()) };
    this.#later(0, () => void peer.run(program));
  }

  get bufferedBytes(): number {
    return this.#closed ? 0 : this.#output.waitingBytes;
  }

  protected override changeMode(raw: boolean): void {
    if (raw === this.#raw) return;
    this.#raw = raw;
    this.#trace(raw ? "raw" : "not raw");
  }

  protected override send(bytes: Uint8Array): void {
    this.#trace(`out ${bytes.length} #${checksum(bytes).toString(16)}`);
    this.#output.write(bytes);
  }

  protected override flush(): void {
    this.#flushWanted = true;
  }

  protected override setReading(enabled: boolean): void {
    this.#input.setReading(enabled);
  }

  protected override finishWriting(): void {
    this.#onceSent(() => {
      this.#output.closeWriter();
      this.writeEnded();
    });
  }

  protected override finish(): void {
    this.#onceSent(() => this.#lose());
  }

  protected override destroy(): void {
    this.#output.dropWaiting();
    this.#later(0, () => this.#lose());
  }

  #onceSent(action: () => void): void {
    this.#whenSent = action;
    this.#later(0, () => this.#goOnEnding());
  }

  #taken(): void {
    if (this.#closed) return;
    if (this.#flushWanted) {
      this.#flushWanted = false;
      this.flushed();
    }
    this.#goOnEnding();
  }

  #goOnEnding(): void {
    const action = this.#whenSent;
    if (action === undefined || this.#closed || this.#output.waitingBytes > 0) return;
    this.#whenSent = undefined;
    action();
  }

  #lose(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.changeMode(false);
    this.#trace("closed");
    this.#output.closeWriter();
    this.#input.closeReader();
    this.#over();
    this.lost(error);
  }

  readonly #later = (seconds: number, action: () => void): void => {
    this.#world.happenings.add(seconds, action);
  };

  #trace(what: string): void {
    this.#world.trace(`stdio ${what}`);
  }
}

/** How the process at the other end was started, as if. */
const PEER = {
  command: "stdio",
  args: [],
  env: undefined,
  cwd: undefined,
  uid: undefined,
  gid: undefined,
  childFDs: new Map([
    [0, "w"],
    [1, "r"],
  ] as const),
  processGroup: true,
  terminal: undefined,
} as const;
