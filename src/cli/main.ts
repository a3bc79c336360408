#!/usr/bin/env node
/** The `reactor` command. */
import { MISUSED } from "./complain.ts";
import { launch } from "./launch.ts";
import { tooOld } from "./node-version.ts";

const complaint = tooOld(process.versions.node);
if (complaint !== undefined) {
  console.error(`reactor: ${complaint}`);
  process.exit(MISUSED);
}

// A daemon that has stopped is over, whatever handles it left open.
process.exit(await launch(process.argv.slice(2)));
