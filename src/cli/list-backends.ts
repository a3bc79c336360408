import { backends } from "../reactor/index.ts";
import { OK } from "./complain.ts";

/** `reactor --backends`: a line for each backend, and one for what it can do. */
export async function run(): Promise<number> {
  for (const { name, summary, capabilities } of Object.values(backends)) {
    const can = ["core", "time", "callFromThread", ...capabilities].join(", ");
    console.log(`${name.padEnd(8)} ${summary}\n${" ".repeat(9)}can do: ${can}`);
  }
  return OK;
}
