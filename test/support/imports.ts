import { lineAt, scanSource } from "./source-scan.ts";

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /**
   * `import type`, `export type` and `typeof import("…")`, of which the compiled file has nothing.
   * An import of nothing but `{ type X }` is not among them: with verbatimModuleSyntax it still
   * loads the module.
   */
  readonly typeOnly: boolean;
}

/** `import … from`, `export … from` and a bare `import "…"`, up to the opening quote. */
const STATIC =
  /(?<![\w$.])(?:import|export)\b(\s+type\b(?!\s*(?:,|from\b)))?[\w$*{},\s]*?(?=["'])/g;
/** `import("…")`, and with it the type `import("…").Name`. After `typeof` it is surely a type. */
const DYNAMIC = /(?<![\w$.])(typeof\s+)?\bimport\s*\(\s*(?=["'`])/g;

/** The modules that a TypeScript file names, in the order of their appearance. */
export function importsOf(text: string): Import[] {
  const { code, strings } = scanSource(text);
  const byStart = new Map(strings.map((string) => [string.start, string.content]));
  const found: (Import & { at: number })[] = [];
  for (const pattern of [STATIC, DYNAMIC]) {
    for (const match of code.matchAll(pattern)) {
      const at = match.index + match[0].length;
      const specifier = byStart.get(at);
      if (specifier === undefined || !introducesSpecifier(match[0])) continue;
      found.push({ specifier, line: lineAt(text, at), typeOnly: match[1] !== undefined, at });
    }
  }
  return found.sort((a, b) => a.at - b.at).map(({ at: _, ...rest }) => rest);
}

/** Tells `export * from "…"` from an `export default "…"`. */
function introducesSpecifier(clause: string): boolean {
  return /^(?:typeof\s+)?import\s*\(?\s*$|[\s}*]from\s*$/.test(clause);
}
