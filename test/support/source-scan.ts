/**
 * Splits TypeScript into code, comments and strings, well enough to look for words and imports in
 * it without being misled by a comment that mentions them. It knows no grammar: the compiler's own
 * scanner is not to be had from JavaScript.
 */

export interface Span {
  /** Offset of the first character, delimiters included. */
  readonly start: number;
  /** Offset after the last character, delimiters included. */
  readonly end: number;
  /** What is written between the delimiters, escapes as they stand. */
  readonly content: string;
}

export interface SourceScan {
  /**
   * The text with comments and the contents of strings, template texts and regular expressions
   * blanked: offsets and line numbers stay those of the source.
   */
  readonly code: string;
  readonly comments: readonly Span[];
  /** Quoted strings, and templates without substitutions. */
  readonly strings: readonly Span[];
}

/** At the beginning, or after one of these, a slash begins a regular expression, not a division. */
const BEFORE_REGEXP =
  /(?:^|[-+*/%=<>!&|^~?:;,({[]|\b(?:return|typeof|case|else|in|of|void|throw|await|yield))$/;

export function scanSource(text: string): SourceScan {
  return new Scanner(text).scan();
}

/** The line, counted from 1, that an offset is in. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i !== -1 && i < offset; i = text.indexOf("\n", i + 1)) line++;
  return line;
}

/** Delimiters of strings stay in the code: an import is recognised by them. */
const KEEP = true;

function blanks(text: string): string {
  return text.replaceAll(/[^\n]/g, " ");
}

class Scanner {
  readonly #text: string;
  readonly #comments: Span[] = [];
  readonly #strings: Span[] = [];
  #at = 0;
  #code = "";
  /** For each open `${`, how many braces are open inside it. */
  readonly #substitutions: number[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  scan(): SourceScan {
    while (this.#at < this.#text.length) this.#step();
    return { code: this.#code, comments: this.#comments, strings: this.#strings };
  }

  #step(): void {
    const char = this.#text.charAt(this.#at);
    const pair = this.#text.slice(this.#at, this.#at + 2);
    if (pair === "//") this.#comments.push(this.#blank(this.#lineEnd(), 2, 0));
    else if (pair === "/*") this.#comments.push(this.#blank(this.#commentEnd(), 2, 2));
    else if (char === '"' || char === "'") this.#quoted(char);
    else if (char === "`") this.#template();
    else if (char === "}" && this.#substitutions.at(-1) === 0) this.#resumeTemplate();
    else if (char === "/" && this.#atRegExp()) this.#blank(this.#regExpEnd(), 1, 1);
    else this.#plain(char);
  }

  #plain(char: string): void {
    const depth = this.#substitutions.length - 1;
    const open = this.#substitutions[depth];
    if (open !== undefined && char === "{") this.#substitutions[depth] = open + 1;
    if (open !== undefined && char === "}") this.#substitutions[depth] = open - 1;
    this.#code += char;
    this.#at++;
  }

  #quoted(quote: string): void {
    this.#strings.push(this.#blank(this.#closing(quote), 1, 1, KEEP));
  }

  #template(): void {
    const end = this.#templateTextEnd();
    if (this.#text.charAt(end - 1) === "`") {
      this.#strings.push(this.#blank(end, 1, 1, KEEP));
    } else {
      this.#blank(end, 1, 2, KEEP);
      this.#substitutions.push(0);
    }
  }

  #resumeTemplate(): void {
    const end = this.#templateTextEnd();
    if (this.#text.charAt(end - 1) === "`") {
      this.#substitutions.pop();
      this.#blank(end, 1, 1, KEEP);
    } else {
      this.#blank(end, 1, 2, KEEP);
    }
  }

  /**
   * Moves to `end` and leaves blanks behind. `opening` and `closing` are the lengths of the
   * delimiters, which are blanked too unless they are kept.
   */
  #blank(end: number, opening: number, closing: number, keep = false): Span {
    const start = this.#at;
    const contentEnd = Math.max(start + opening, end - closing);
    const content = this.#text.slice(start + opening, contentEnd);
    const first = this.#text.slice(start, start + opening);
    const last = this.#text.slice(contentEnd, end);
    this.#code += keep ? first + blanks(content) + last : blanks(first + content + last);
    this.#at = end;
    return { start, end, content };
  }

  #lineEnd(): number {
    const end = this.#text.indexOf("\n", this.#at);
    return end === -1 ? this.#text.length : end;
  }

  #commentEnd(): number {
    const end = this.#text.indexOf("*/", this.#at + 2);
    return end === -1 ? this.#text.length : end + 2;
  }

  #closing(quote: string): number {
    for (let i = this.#at + 1; i < this.#text.length; i++) {
      const char = this.#text.charAt(i);
      if (char === "\\") i++;
      else if (char === "\n") return i;
      else if (char === quote) return i + 1;
    }
    return this.#text.length;
  }

  /** The offset after the backtick or the `${` that ends the template text begun here. */
  #templateTextEnd(): number {
    for (let i = this.#at + 1; i < this.#text.length; i++) {
      const char = this.#text.charAt(i);
      if (char === "\\") i++;
      else if (char === "`") return i + 1;
      else if (char === "$" && this.#text.charAt(i + 1) === "{") return i + 2;
    }
    return this.#text.length;
  }

  #atRegExp(): boolean {
    return BEFORE_REGEXP.test(this.#code.trimEnd().slice(-16));
  }

  #regExpEnd(): number {
    let inClass = false;
    for (let i = this.#at + 1; i < this.#text.length; i++) {
      const char = this.#text.charAt(i);
      if (char === "\\") i++;
      else if (char === "\n") return this.#at + 1;
      else if (char === "[") inClass = true;
      else if (char === "]") inClass = false;
      else if (char === "/" && !inClass) return i + 1;
    }
    return this.#at + 1;
  }
}
