/** Functions that come as text. */

/** What the "module" of such a function begins with; the text of an expression follows. */
export const INLINE = "inline:";

export function isInline(module: string): boolean {
  return module.startsWith(INLINE);
}

type Compiled = (...args: readonly unknown[]) => unknown;

const compiled = new Map<string, Compiled>();

/** The function of such a module: the same each time. @throws SyntaxError */
export function inlineFunction(module: string): Compiled {
  let f = compiled.get(module);
  if (f === undefined) {
    f = compile(module.slice(INLINE.length))() as Compiled;
    compiled.set(module, f);
  }
  return f;
}

/** What evaluates to the function. @throws SyntaxError */
export function compile(source: string): () => unknown {
  // esbuild, which is in tsx, has functions call this to keep their names.
  const helpers = "const __name = (f) => f;";
  // oxlint-disable-next-line no-implied-eval -- what it is for
  return new Function(`"use strict"; ${helpers} return ${source};`) as () => unknown;
}
