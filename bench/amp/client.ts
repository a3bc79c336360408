/** A client in a process of its own: for each `calls:depth` on its input, how many a second. */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Deferred } from "skein/defer";
import { ClientFactory } from "skein/protocols";
import { createReactor } from "skein/reactor";
import { AMP } from "skein/amp";
import { Sum } from "./sum.ts";

const connected = new Deferred<AMP>();
class Asker extends AMP {
  override connectionMade(): void {
    connected.callback(this);
  }
}

/** So many calls, of which so many are under way at a time: one that is answered makes the next. */
function run(amp: AMP, calls: number, depth: number): Promise<number> {
  const began = performance.now();
  let asked = 0;
  let answered = 0;
  return new Promise((resolve, reject) => {
    const ask = (): void => {
      const a = asked++;
      amp.callRemote(Sum, { a, b: 1, note: "hello, there" }).addCallbacks(
        ({ total }) => {
          if (total !== a + 1) reject(new Error(`${a} + 1 is not ${total}`));
          if (++answered === calls) resolve(calls / ((performance.now() - began) / 1000));
          else if (asked < calls) ask();
        },
        (failure) => reject(failure.value as Error),
      );
    };
    for (let i = 0; i < depth; i++) ask();
  });
}

const reactor = createReactor("libuv");
void reactor.run();
reactor.connectTCP("127.0.0.1", Number(process.argv[2]), ClientFactory.forProtocol(Asker));
const amp = await connected;
const input = createInterface({ input: process.stdin });
input.on("close", () => process.exit());
for (;;) {
  const [line] = (await once(input, "line")) as [string];
  const [calls = 0, depth = 0] = line.split(":").map(Number);
  console.log(await run(amp, calls, depth));
}
