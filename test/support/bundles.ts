/** Pages' code in one file, as a bundler makes it of the built package for browsers. */
import { build, type BuildOptions } from "esbuild";
import { gzipSync } from "node:zlib";
import { root } from "./read-sources.ts";

/** The text of the bundle for a module with these contents. */
export async function bundle(contents: string, options: BuildOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    platform: "browser",
    format: "iife",
    write: false,
    logLevel: "silent",
    ...options,
  });
  return outputFiles?.[0]?.text ?? "";
}

/** How many bytes a page has to load for this module: minified, tree-shaken, and gzipped. */
export async function transferBytes(contents: string): Promise<number> {
  const text = await bundle(contents, { format: "esm", minify: true });
  return gzipSync(text, { level: 9 }).length;
}
