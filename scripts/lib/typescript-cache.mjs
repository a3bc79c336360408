/**
 * TypeScript as JavaScript, kept in files: one for each source, which is replaced when its content
 * is another. They may be deleted at any time.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { inRoot } from "./paths.mjs";

const CACHE = inRoot("node_modules", ".cache", "typescript");
const { compilerOptions } = readJson("tsconfig.json");
const { version } = readJson("node_modules", "esbuild", "package.json");
const OPTIONS = {
  loader: "ts",
  format: "esm",
  target: `node${process.versions.node}`,
  sourcemap: "inline",
  sourcesContent: false,
  // It gives another name to what hides one of an outer scope.
  keepNames: true,
  tsconfigRaw: { compilerOptions },
};
/** With other options, the same source becomes something else. */
const SETTINGS = `${version} ${JSON.stringify(OPTIONS)}`;

let temporaries = 0;

/** What Node can run of a source. @throws what reading it throws, or esbuild, at a mistake in it */
export async function compiled(path) {
  const text = readFileSync(path, "utf8");
  const kept = keptFor(path, text);
  return readKept(kept) ?? compile(path, text, kept);
}

/** Where the code of a source is kept, and how that ends unless it is of another content. */
function keptFor(path, text) {
  const name = createHash("sha1").update(path).digest("hex");
  const hash = createHash("sha1").update(SETTINGS).update("\0").update(text).digest("hex");
  return { file: join(CACHE, name), stamp: `// ${hash}` };
}

function readKept({ file, stamp }) {
  let code;
  try {
    code = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  return code.endsWith(stamp) ? code : undefined;
}

async function compile(path, text, { file, stamp }) {
  const { transform } = await import("esbuild");
  const { code } = await transform(text, { ...OPTIONS, sourcefile: path });
  const stamped = `${code}${stamp}`;
  try {
    mkdirSync(CACHE, { recursive: true });
    // Other threads and processes may read it, or write it too: it is there as a whole, or not.
    const temporary = `${file}.${process.pid}-${threadId}-${++temporaries}`;
    writeFileSync(temporary, stamped);
    renameSync(temporary, file);
  } catch {
    // Without room for it, or the right to write there, it is made anew each time.
  }
  return stamped;
}

function readJson(...parts) {
  return JSON.parse(readFileSync(inRoot(...parts), "utf8"));
}
