/**
 * Runs one of the patterns: `npx tsx examples/patterns/run.ts barrier`, and on virtual time:
 * `npx tsx examples/patterns/run.ts barrier clock`. Without a name it lists them.
 */
import { createReactor, type Reactor } from "skein/reactor";
import { react } from "skein/task";
import { patterns } from "./patterns.ts";

const [name = "", backend = "libuv"] = process.argv.slice(2);
const [, pattern] = patterns.get(name) ?? [];
if (pattern !== undefined && (backend === "libuv" || backend === "clock")) {
  const reactor: Reactor<"threads"> = createReactor(backend);
  const print = (line: string): void => console.log(line);
  await react(pattern, { reactor, args: [print], process });
} else {
  console.log("usage: run.ts PATTERN [libuv|clock]");
  for (const [each, [about]] of patterns) console.log(`  ${each.padEnd(18)} ${about}`);
  process.exitCode = name === "" ? 0 : 2;
}
