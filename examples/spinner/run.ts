/** Shows the spinner: `npx tsx examples/spinner/run.ts`. */
import { createReactor, type Reactor } from "skein/reactor";
import { react } from "skein/task";
import { supervise } from "./spinner.ts";

async function main(reactor: Reactor<"threads">): Promise<void> {
  const answer = await supervise(reactor, (text) => void process.stdout.write(text));
  console.log(`Answer: ${answer}`);
}

await react(main, { reactor: createReactor("libuv"), process });
