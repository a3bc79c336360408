import { LineTooLongError } from "../errors.ts";

const MAX_LINE_CHARACTERS = 16 * 1024;
const MAX_HISTORY = 500;
const MAX_ESCAPE_CHARACTERS = 16;
/** Goes back to the beginning of the line, and erases what is behind the cursor. */
const [RETURN, ERASE] = ["\r", "\u001B[K"];
const CONTROL = /\p{Cc}/u;

/** What has been typed, as soon as it means something. */
export type EditorEvent =
  | { readonly type: "line"; readonly line: string }
  | { readonly type: "interrupt" }
  | { readonly type: "end" };

/**
 * Lines that somebody types. By lines, whose own side edits them, it only divides; by keys, it
 * echoes, and knows the arrows, Home and End, Backspace and Delete, a history, and ^A ^B ^C ^D ^E
 * ^F ^H ^K ^L ^N ^P ^U ^W. It does no input and output of its own.
 */
export class LineEditor {
  /** Whether every key comes, as it is pressed, and is to be echoed. */
  byKeys = false;
  /** Whether what is typed is shown and remembered: not for passwords. */
  isSecret = false;
  readonly #write: (text: string) => void;
  #prompt = "";
  /** A character each, however many units of UTF-16 it has. */
  #before: string[] = [];
  #after: string[] = [];
  #escape: string | undefined = undefined;
  readonly #history: string[] = [];
  /** Which line of the history is shown; its length for a new one, which `#draft` keeps. */
  #at = 0;
  #draft = "";

  /** @param write is told what the terminal is to be sent. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Whether nothing of the next line has come. */
  get isEmpty(): boolean {
    return this.#before.length + this.#after.length === 0;
  }

  /** Asks for a line. */
  prompt(prompt: string): void {
    this.#prompt = prompt;
    this.#at = this.#history.length;
    this.#draft = "";
    this.#write(prompt + (this.byKeys && !this.isSecret ? this.#line() : ""));
  }

  /**
   * Takes text up to the first event in it; what is behind that is the rest.
   * @throws LineTooLongError by lines; by keys, no more are taken.
   */
  take(text: string): { event: EditorEvent | undefined; rest: string } {
    return this.byKeys ? this.#takeKeys(text) : this.#takeLine(text);
  }

  #takeLine(text: string): { event: EditorEvent | undefined; rest: string } {
    const end = text.search(/[\r\n]/);
    const part = end < 0 ? text : text.slice(0, end);
    if (this.#before.length + part.length > MAX_LINE_CHARACTERS) {
      throw new LineTooLongError(MAX_LINE_CHARACTERS);
    }
    this.#before.push(...Array.from(part));
    if (end < 0) return { event: undefined, rest: "" };
    return {
      event: this.#submit(),
      rest: text.slice(end + (text.startsWith("\r\n", end) ? 2 : 1)),
    };
  }

  #takeKeys(text: string): { event: EditorEvent | undefined; rest: string } {
    let used = 0;
    for (const character of text) {
      used += character.length;
      const event = this.#key(character);
      if (event !== undefined) return { event, rest: text.slice(used) };
    }
    return { event: undefined, rest: "" };
  }

  #key(key: string): EditorEvent | undefined {
    if (this.#escape !== undefined) {
      this.#continueEscape(this.#escape + key);
      return undefined;
    }
    switch (key) {
      case "\r":
      case "\n":
        this.#write("\r\n");
        return this.#submit();
      case "\u0003":
        this.#write("^C\r\n");
        this.#set("");
        return { type: "interrupt" };
      case "\u0004":
        if (this.isEmpty) return { type: "end" };
        this.#edit(() => void this.#after.shift());
        return undefined;
      case "\u001B":
        this.#escape = "";
        return undefined;
      default:
        this.#control(key);
        return undefined;
    }
  }

  #control(key: string): void {
    switch (key) {
      case "\u0001":
        return this.#move(-Infinity);
      case "\u0002":
        return this.#move(-1);
      case "\u0005":
        return this.#move(Infinity);
      case "\u0006":
        return this.#move(1);
      case "\u0008":
      case "\u007F":
        return this.#edit(() => void this.#before.pop());
      case "\u000B":
        return this.#edit(() => (this.#after = []));
      case "\u000C":
        return this.#write(`\u001B[H\u001B[2J${this.#drawn()}`);
      case "\u000E":
        return this.#recall(1);
      case "\u0010":
        return this.#recall(-1);
      case "\u0015":
        return this.#edit(() => (this.#before = []));
      case "\u0017":
        return this.#edit(() => {
          this.#before = Array.from(this.#before.join("").replace(/\S*\s*$/, ""));
        });
      default:
        if (!CONTROL.test(key)) this.#insert(key);
    }
  }

  #insert(key: string): void {
    if (this.#before.length + this.#after.length >= MAX_LINE_CHARACTERS) {
      this.#write("\u0007");
      return;
    }
    this.#before.push(key);
    if (this.isSecret) return;
    if (this.#after.length === 0) this.#write(key);
    else this.#redraw();
  }

  /** Keys of several characters: "[A", "OH", "[3~". */
  #continueEscape(sequence: string): void {
    const isOver = !/^[[O][\d;]*$/.test(sequence);
    this.#escape = isOver ? undefined : sequence.slice(0, MAX_ESCAPE_CHARACTERS);
    if (!isOver) return;
    switch (sequence.replace("O", "[")) {
      case "[A":
        return this.#recall(-1);
      case "[B":
        return this.#recall(1);
      case "[C":
        return this.#move(1);
      case "[D":
        return this.#move(-1);
      case "[H":
      case "[1~":
      case "[7~":
        return this.#move(-Infinity);
      case "[F":
      case "[4~":
      case "[8~":
        return this.#move(Infinity);
      case "[3~":
        return this.#edit(() => void this.#after.shift());
      default:
    }
  }

  #move(by: number): void {
    for (let left = by; left < 0 && this.#before.length > 0; left++) {
      this.#after.unshift(this.#before.pop() as string);
    }
    for (let left = by; left > 0 && this.#after.length > 0; left--) {
      this.#before.push(this.#after.shift() as string);
    }
    this.#redraw();
  }

  #recall(by: number): void {
    const at = this.#at + by;
    if (this.isSecret || at < 0 || at > this.#history.length) return;
    if (this.#at === this.#history.length) this.#draft = this.#line();
    this.#at = at;
    this.#set(this.#history[at] ?? this.#draft);
    this.#redraw();
  }

  #edit(change: () => void): void {
    change();
    this.#redraw();
  }

  #set(line: string): void {
    this.#before = Array.from(line);
    this.#after = [];
  }

  #line(): string {
    return this.#before.join("") + this.#after.join("");
  }

  #submit(): EditorEvent {
    const line = this.#line();
    this.#set("");
    if (!this.isSecret && line.trim() !== "" && line !== this.#history.at(-1)) {
      this.#history.push(line);
      if (this.#history.length > MAX_HISTORY) this.#history.shift();
    }
    return { type: "line", line };
  }

  #redraw(): void {
    if (!this.isSecret) this.#write(RETURN + this.#drawn());
  }

  #drawn(): string {
    const back = this.#after.length;
    return `${this.#prompt}${this.#line()}${ERASE}${back === 0 ? "" : `\u001B[${back}D`}`;
  }
}
