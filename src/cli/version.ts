import { readFile } from "node:fs/promises";
import { OK } from "./complain.ts";

/** `reactor --version`. */
export async function run(): Promise<number> {
  console.log(await version());
  return OK;
}

/** The version in the package's own manifest. */
export async function version(): Promise<string> {
  const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
