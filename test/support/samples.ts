/**
 * Finds the TypeScript samples in documents: fenced `ts` blocks of Markdown, and those in the
 * docstrings of sources, with an `@example` before them or without.
 */
import { scanSource, lineAt } from "./source-scan.ts";

export interface Sample {
  /** The document, as a path from the root of the repository. */
  readonly document: string;
  /** The line of the document before the first line of the code. */
  readonly line: number;
  readonly code: string;
  /** Given as `file=NAME` where another sample imports this one. */
  readonly name: string | undefined;
  /** False for a fence marked `no-run`, whose code is only compiled. */
  readonly runs: boolean;
  /** What the code says that it prints, in comments of the form `// → text`. */
  readonly expected: readonly string[];
}

interface Line {
  readonly number: number;
  readonly text: string;
}

const OPENING = /^(?<indent>\s*)(?<fence>`{3,})(?<info>[^`]*)$/;

/** The samples of a Markdown document. */
export function samplesInMarkdown(document: string, text: string): Sample[] {
  return samplesInLines(document, numbered(text, 1));
}

/** The samples of a TypeScript source's docstrings. */
export function samplesInSource(document: string, text: string): Sample[] {
  return scanSource(text)
    .comments.filter((comment) => text.startsWith("/**", comment.start))
    .flatMap(({ start, content }) => {
      const lines = numbered(content.slice(1), lineAt(text, start));
      const bare = lines.map((line) => ({ ...line, text: line.text.replace(/^\s*\* ?/, "") }));
      return samplesInLines(document, bare);
    });
}

function samplesInLines(document: string, lines: readonly Line[]): Sample[] {
  const samples: Sample[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as Line;
    const opening = OPENING.exec(line.text)?.groups;
    if (opening === undefined) continue;
    const { indent = "", fence = "", info = "" } = opening;
    const first = i + 1;
    while (++i < lines.length && !closes(fence, lines[i] as Line));
    const [language, ...marks] = info.trim().split(/\s+/);
    if (language !== "ts") continue;
    const code = lines.slice(first, i).map(({ text }) => withoutIndent(indent, text));
    samples.push(sampleOf(document, line.number, `${code.join("\n")}\n`, marks));
  }
  return samples;
}

function sampleOf(document: string, line: number, code: string, marks: string[]): Sample {
  const name = marks.find((mark) => mark.startsWith("file="))?.slice("file=".length);
  const expected = scanSource(code).comments.flatMap(({ content }) => {
    const said = /^ → ?(.*)$/.exec(content)?.[1];
    return said === undefined ? [] : [said.trimEnd()];
  });
  return { document, line, code, name, runs: !marks.includes("no-run"), expected };
}

/** A fence ends at one that is as long or longer, and says nothing. */
function closes(fence: string, { text }: Line): boolean {
  const closing = /^\s*(`{3,})\s*$/.exec(text)?.[1];
  return closing !== undefined && closing.length >= fence.length;
}

function withoutIndent(indent: string, text: string): string {
  return text.startsWith(indent) ? text.slice(indent.length) : text.trimStart();
}

function numbered(text: string, first: number): Line[] {
  return text.split(/\r?\n/).map((line, i) => ({ number: first + i, text: line }));
}
