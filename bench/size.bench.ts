/** What a page has to load for skein: bundled for browsers, minified, gzipped. */
import { BUDGETS } from "../test/support/sizes.ts";
import { transferBytes } from "../test/support/bundles.ts";

for (const { title, contents } of BUDGETS) {
  const bytes = await transferBytes(contents);
  console.log(`${title.replaceAll("`", "").padEnd(56)} ${String(bytes).padStart(6)} bytes`);
}
