import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository, whatever the working directory is. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A path inside the repository. */
export const inRoot = (...parts) => join(root, ...parts);

/**
 * The script behind a package's command, to be run as `node <script>`. Going through the manifest
 * rather than node_modules/.bin needs no shell, and works where .bin holds wrappers.
 */
export function binOf(packageName, command = packageName) {
  const folder = inRoot("node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof bin === "string" ? bin : bin[command]);
}
