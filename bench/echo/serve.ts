/**
 * An echo server in a process of its own. We speak by lines, so that a server may be written in any
 * language: it writes its port, then answers each "usage" with the CPU seconds it has used, and each
 * "memory" with the bytes it occupies.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class EchoServer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly port: number;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, port: number) {
    this.#child = child;
    this.#lines = lines;
    this.port = port;
  }

  static async start(command: string, args: readonly string[]): Promise<EchoServer> {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return new EchoServer(child, lines, await numberFrom(lines));
  }

  /**
   * A server that is a module of Node, in JavaScript: a loader of TypeScript would leave behind a
   * heap that the collector goes through again and again, as buffers come and go.
   */
  static startNode(module: URL, args: readonly string[] = []): Promise<EchoServer> {
    return EchoServer.start(process.execPath, ["--expose-gc", module.pathname, ...args]);
  }

  usage(): Promise<number> {
    return this.#ask("usage");
  }

  memory(): Promise<number> {
    return this.#ask("memory");
  }

  stop(): void {
    this.#child.stdin?.end();
  }

  #ask(question: string): Promise<number> {
    this.#child.stdin?.write(`${question}\n`);
    return numberFrom(this.#lines);
  }
}

async function numberFrom(lines: AsyncIterator<string>): Promise<number> {
  const line = await lines.next();
  if (line.done === true) throw new Error("an echo server ended before it answered");
  return Number(line.value);
}
