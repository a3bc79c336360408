/**
 * AMP: calls answered in a second, over loopback. Server and client are each in a process of its
 * own, both skein's or both Debian's Twisted; the command is the same: two integers and a text, of
 * which the sum and the text come back.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { hasTwisted, PYTHON } from "./support/python.ts";
import { compare, formatRatio, SMOKE } from "./support/ratio.ts";

const rounds = SMOKE ? 1 : 9;
const scale = SMOKE ? 0.02 : 1;

/** A process that speaks by lines. */
class Peer {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout });
  }

  async line(): Promise<number> {
    const [line] = (await once(this.#lines, "line")) as [string];
    return Number(line);
  }

  ask(question: string): Promise<number> {
    this.#child.stdin?.write(`${question}\n`);
    return this.line();
  }

  stop(): void {
    this.#child.stdin?.end();
  }
}

/** A client that is asked for rates, with its server. */
type Contestant = (question: string) => Promise<number>;
const peers: Peer[] = [];

async function start(command: string, server: string[], client: string[]): Promise<Contestant> {
  const serving = new Peer(command, server);
  const port = await serving.line();
  const asking = new Peer(command, [...client, String(port)]);
  peers.push(serving, asking);
  return (question) => asking.ask(question);
}

const script = (name: string): string => new URL(`./amp/${name}`, import.meta.url).pathname;
const node = (name: string): string[] => [...process.execArgv, script(name)];

const ours = await start(process.execPath, node("server.ts"), node("client.ts"));
if (hasTwisted()) {
  const twisted = script("twisted_peer.py");
  const theirs = await start(PYTHON, [twisted, "serve"], [twisted, "ask"]);
  console.log("AMP calls in the same time, skein / Twisted, median of pairs (min–max)\n");
  console.log("| calls | ratio (higher is better) |");
  console.log("|---|---|");
  const contests = [
    ["one at a time", 1, 10_000, 4000],
    ["100 under way", 100, 100_000, 10_000],
    ["1000 under way", 1000, 100_000, 10_000],
  ] as const;
  for (const [what, depth, our, their] of contests) {
    const rate = (contestant: Contestant, calls: number) => (): Promise<number> =>
      contestant(`${Math.max(depth, Math.ceil(calls * scale))}:${depth}`);
    const ratio = await compare(rounds, rate(ours, our), rate(theirs, their));
    console.log(`| ${what} | ${formatRatio(ratio)} |`);
  }
}
for (const peer of peers) peer.stop();
