import { DAEMONS } from "../daemons/table.ts";
import { OK } from "./complain.ts";

/** `reactor --daemons`: a line for each daemon that needs no module. */
export async function run(): Promise<number> {
  const width = Math.max(...Object.keys(DAEMONS).map((name) => name.length));
  for (const [name, { summary }] of Object.entries(DAEMONS)) {
    console.log(`${name.padEnd(width)}  ${summary}`);
  }
  return OK;
}
