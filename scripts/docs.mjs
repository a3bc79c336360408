/**
 * Builds the documentation site, plain HTML that needs no server: `npm run docs`, then open
 * `.site/index.html`. `--out FOLDER` puts it elsewhere. Dead links and anchors are listed, and make
 * the exit status 1.
 */
import { join, resolve } from "node:path";
import { buildSite } from "./docs/site.mjs";
import { inRoot } from "./lib/paths.mjs";
import { prepareOrExit } from "./prepare.mjs";

// The reference is made from the declarations in dist.
await prepareOrExit();

const at = process.argv.indexOf("--out");
const out = at === -1 ? inRoot(".site") : resolve(process.argv[at + 1] ?? "");
const { pages, problems } = await buildSite(out);
for (const problem of problems) console.error(problem);
console.log(`${pages} pages: ${join(out, "index.html")}`);
process.exitCode = problems.length === 0 ? 0 : 1;
