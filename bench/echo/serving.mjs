/** The side of the server: serve.ts has the other. */
import { createInterface } from "node:readline";

/** Tells the port, then answers questions until the input is closed. */
export function serving(port) {
  const input = createInterface(process.stdin);
  input.on("line", (question) => {
    if (question === "memory") {
      globalThis.gc?.();
      console.log(process.memoryUsage().rss);
    } else {
      const { user, system } = process.cpuUsage();
      console.log((user + system) / 1e6);
    }
  });
  input.on("close", () => process.exit());
  console.log(port);
}
