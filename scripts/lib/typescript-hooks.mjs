/** Node's hooks for modules, which hand it TypeScript as JavaScript; see typescript.mjs. */
import { fileURLToPath } from "node:url";
import { compiled } from "./typescript-cache.mjs";

const TYPESCRIPT = /^file:[^?#]*\.ts(?:[?#]|$)/;
/** With its ending, as all of them are here: it is where it says. */
const RELATIVE = /^\.{1,2}\/[^?#%]*\.ts$/;

export function resolve(specifier, context, next) {
  if (RELATIVE.test(specifier) && context.parentURL?.startsWith("file:")) {
    const { href } = new URL(specifier, context.parentURL);
    return { url: href, format: "module", shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!TYPESCRIPT.test(url)) return next(url, context);
  let source;
  try {
    source = await compiled(fileURLToPath(url.replace(/[?#].*/, "")));
  } catch (error) {
    // A file that is missing is told of by Node, as for any other module.
    if (error.code !== "ENOENT") throw error;
    return next(url, { ...context, format: "module" });
  }
  return { format: "module", source, shortCircuit: true };
}
