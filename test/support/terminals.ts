/** For tests in terminals: whether there can be any, and what programs see in one. */
import type { Suite } from "mocha";
import { createRequire } from "node:module";
import { createReactor, type ProcessTransport, ProcessProtocol, type Reactor } from "skein";
import type { Failure } from "skein/defer";
import type { ProcessProgram, SpawnOptions } from "skein/reactor";

/** Describes what needs node-pty, which has to be compiled: without it, in CI, it fails. */
export function describeWithTerminals(what: string, body: (this: Suite) => void): void {
  const why = whyNone();
  if (why !== undefined && process.env["CI"] !== "true") {
    console.log(`"${what}" is left out, as node-pty cannot be loaded: npm rebuild node-pty`);
    describe.skip(what, body);
    return;
  }
  describe(what, function () {
    before(() => {
      if (why !== undefined) throw new Error("node-pty cannot be loaded", { cause: why });
    });
    body.call(this);
  });
}

function whyNone(): unknown {
  try {
    createRequire(import.meta.url)("node-pty");
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A program in both of its forms. */
export interface Program {
  readonly shell: string;
  readonly script: ProcessProgram;
}

/** Remembers what a process in a terminal tells. */
export class TerminalProbe extends ProcessProtocol {
  /** Of its life, in order; of pipes, their ends. */
  readonly events: string[] = [];
  bytes = 0;
  out = "";
  /** What to do with what comes. */
  onData: () => void = () => {};
  readonly #ended: Promise<void>;
  #end: () => void = () => {};
  #news: () => void = () => {};

  constructor() {
    super();
    this.#ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Resolves when it has ended, behind the last byte. */
  get whenEnded(): Promise<void> {
    return this.#ended;
  }

  /** Resolves when `text` has come. */
  async heard(text: string): Promise<void> {
    while (!this.out.includes(text)) {
      if (this.events.includes("ended")) throw new Error(`it ended with ${this.out}`);
      await new Promise<void>((resolve) => (this.#news = resolve));
    }
  }

  override childDataReceived(childFD: number, data: Uint8Array): void {
    if (childFD !== 1) this.events.push(`data from ${childFD}`);
    this.bytes += data.length;
    if (this.out.length < 1_000_000) this.out += new TextDecoder().decode(data);
    this.onData();
    this.#news();
  }

  override childConnectionLost(childFD: number, { value }: Failure): void {
    this.events.push(`${childFD} ${(value as Error).name}`);
  }

  override processExited({ value }: Failure): void {
    this.events.push(`exited ${(value as Error).message}`);
  }

  override processEnded(): void {
    this.events.push("ended");
    this.#end();
    this.#news();
  }
}

/** How a test starts a program, whatever it runs on. */
export interface Stage {
  readonly reactor: Reactor<"process">;
  start(
    program: string,
    options?: SpawnOptions,
  ): Promise<{ probe: TerminalProbe; transport: ProcessTransport }>;
  pass(seconds: number): Promise<void>;
}

/** Runs `body` with programs of the system, or of virtual time; nothing is left behind. */
export async function onStage(
  backend: "libuv" | "clock",
  programs: Readonly<Record<string, Program>>,
  body: (stage: Stage) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const scripts = Object.entries(programs).map(([name, { script }]) => [name, script] as const);
  const reactor: Reactor<"process"> =
    backend === "libuv"
      ? createReactor("libuv", { onError })
      : createReactor("clock", { onError, processes: Object.fromEntries(scripts) });
  const stopped = reactor.run();
  await new Promise<void>((resolve) => reactor.callWhenRunning(resolve));
  try {
    await body({
      reactor,
      async start(name, options = {}) {
        const probe = new TerminalProbe();
        const all = { pty: true, ...options };
        const transport = await (backend === "clock"
          ? reactor.spawnProcess(probe, name, all)
          : reactor.spawnProcess(probe, "sh", {
              ...all,
              args: ["-c", programs[name]?.shell ?? name, ...(options.args ?? [])],
            }));
        return { probe, transport };
      },
      pass: (seconds) => new Promise((resolve) => void reactor.callLater(seconds, resolve)),
    });
  } finally {
    reactor.stop();
    await stopped;
  }
  const left = reactor.inspect().map(({ kind, description }) => `${kind}: ${description}`);
  if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
  // What was reported: tests that mean to cause it expect it.
  if (errors.length > 0) throw errors[0] as Error;
}
