/**
 * AMP: calls answered in a second, over loopback. Server and client are each in a process of its
 * own, both skein's or both Debian's Twisted; the command is the same: two integers and a text, of
 * which the sum and the text come back. One call at a time is for the most part the system's work
 * of waking two processes: bytes as many to and fro between two sockets of node:net are the measure.
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
const bare = await start(process.execPath, node("net-server.ts"), node("net-client.ts"));

console.log("AMP calls in the same time, skein / peer, median of pairs (min–max)\n");
console.log("| calls | peer | ratio (higher is better) |");
console.log("|---|---|---|");

type Contest = readonly [what: string, depth: number, ours: number, theirs: number];

async function contest(
  peer: string,
  theirs: Contestant,
  [what, depth, our, their]: Contest,
): Promise<void> {
  const rate = (contestant: Contestant, calls: number) => (): Promise<number> =>
    contestant(`${Math.max(depth, Math.ceil(calls * scale))}:${depth}`);
  const ratio = await compare(rounds, rate(ours, our), rate(theirs, their));
  console.log(`| ${what} | ${peer} | ${formatRatio(ratio)} |`);
}

await contest("bytes by bare node:net", bare, ["one at a time", 1, 10_000, 10_000]);
if (hasTwisted()) {
  const twisted = script("twisted_peer.py");
  const theirs = await start(PYTHON, [twisted, "serve"], [twisted, "ask"]);
  await contest("Twisted", theirs, ["one at a time", 1, 10_000, 4000]);
  await contest("Twisted", theirs, ["100 under way", 100, 100_000, 10_000]);
  await contest("Twisted", theirs, ["1000 under way", 1000, 100_000, 10_000]);
}
for (const peer of peers) peer.stop();
