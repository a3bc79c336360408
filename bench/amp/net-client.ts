/** As client.ts, for one call at a time, without AMP. */
import { once } from "node:events";
import net from "node:net";
import { createInterface } from "node:readline";

const QUESTION = Buffer.alloc(70, 120);
const socket = net.connect({ port: Number(process.argv[2]), host: "127.0.0.1", noDelay: true });
await once(socket, "connect");
const input = createInterface({ input: process.stdin });
input.on("close", () => process.exit());
for (;;) {
  const [line] = (await once(input, "line")) as [string];
  const [calls = 0] = line.split(":").map(Number);
  const began = performance.now();
  await new Promise<void>((resolve) => {
    let answered = 0;
    const answer = (): void => {
      if (++answered < calls) socket.write(QUESTION);
      else {
        socket.off("data", answer);
        resolve();
      }
    };
    socket.on("data", answer);
    socket.write(QUESTION);
  });
  console.log(calls / ((performance.now() - began) / 1000));
}
