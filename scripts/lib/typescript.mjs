/**
 * Has Node load TypeScript: `--import ./scripts/lib/typescript.mjs`, in threads and processes that
 * inherit this too. Much of the tests' time goes into starting these, and tsx takes up to three
 * times as long, as it can do much that nothing in this repository needs.
 *
 * Newer versions of Node do without hooks in a thread of their own, and there tsx does as well.
 */
import module from "node:module";

if ("registerHooks" in module) {
  await import("tsx");
} else {
  module.register("./typescript-hooks.mjs", import.meta.url);
  // What newer versions say that load it by themselves: nobody else need see to it.
  process.features.typescript = "strip";
  // Such hooks are not asked by require(): mocha is to import what it loads.
  Object.defineProperty(process.features, "require_module", { value: false });
  process.setSourceMapsEnabled(true);
}
