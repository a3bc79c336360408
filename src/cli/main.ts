#!/usr/bin/env node
/** The `reactor` command. */
import { launch } from "./launch.ts";

// A daemon that has stopped is over, whatever handles it left open.
process.exit(await launch(process.argv.slice(2)));
