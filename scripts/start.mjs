/** Runs the chat server of the examples under the `reactor` command, in this process. */
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { inRoot } from "./lib/paths.mjs";
import { prepareOrExit } from "./prepare.mjs";

await prepareOrExit();

const command = inRoot("dist", "cli", "main.js");
const example = relative(process.cwd(), inRoot("examples", "chat", "chat.ts"));
// The command sees what it would see in `reactor examples/chat/chat.ts …`.
process.argv.splice(1, 1, command, example);
await import(pathToFileURL(command).href);
