/** Plays: `npx tsx examples/tasklets/run.ts [libuv|clock]`. */
import { createReactor, type Reactor } from "skein/reactor";
import { react } from "skein/task";
import { playCatch } from "./tasklets.ts";

const backend = process.argv[2] === "clock" ? "clock" : "libuv";
const reactor: Reactor<"threads"> = createReactor(backend);
await react(playCatch, { reactor, args: [(line: string) => console.log(line)], process });
