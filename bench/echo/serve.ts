/** The parent's side and the child's side of an echo server in a process of its own. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** CPU seconds that a process has used. */
export type Usage = number;

export class EchoServer {
  readonly #child: ChildProcess;
  readonly port: number;

  constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(module: URL): Promise<EchoServer> {
    const child = fork(module);
    const [port] = (await once(child, "message")) as [number];
    return new EchoServer(child, port);
  }

  async usage(): Promise<Usage> {
    this.#child.send("usage");
    const [usage] = (await once(this.#child, "message")) as [Usage];
    return usage;
  }

  stop(): void {
    this.#child.disconnect();
  }
}

/** In the child: tells the port, then answers how much it has worked, until the parent is gone. */
export function serving(port: number): void {
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1e6);
  });
  process.on("disconnect", () => process.exit());
  process.send?.(port);
}
