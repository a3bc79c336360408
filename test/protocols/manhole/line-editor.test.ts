import { expect } from "chai";
import fc from "fast-check";
import { LineEditor } from "skein/protocols";
import { fuzz } from "../../support/fuzz.ts";

const UP = "\u001B[A";
const DOWN = "\u001B[B";
const ESCAPE = "\u001B";
const PART = new RegExp(`${ESCAPE}\\[\\d*[A-Za-z]|[^]`, "gu");

/** What comes of keys: events, and what a terminal shows in its last line, the cursor as "|". */
function edit(keys: string, editor?: LineEditor): { events: string[]; shown: string } {
  let output = "";
  const own = editor ?? new LineEditor((text) => (output += text));
  own.byKeys = true;
  own.prompt("> ");
  const events: string[] = [];
  let rest = keys;
  while (rest !== "") {
    const taken = own.take(rest);
    ({ rest } = taken);
    if (taken.event === undefined) continue;
    events.push(taken.event.type === "line" ? taken.event.line : `(${taken.event.type})`);
    if (taken.event.type !== "end") own.prompt("> ");
  }
  return { events, shown: screen(output) };
}

/** As much of a terminal as the editor needs. */
function screen(output: string): string {
  let line: string[] = [];
  let at = 0;
  for (const [part] of output.matchAll(PART)) {
    if (part === "\r") at = 0;
    else if (part === "\n" || part === "\u001B[2J") [line, at] = [[], 0];
    else if (part === "\u001B[K") line = line.slice(0, at);
    else if (part.endsWith("D") && part.length > 1) at -= Number(part.slice(2, -1));
    else if (part === "\u001B[H") at = 0;
    else line[at++] = part;
  }
  return [...line.slice(0, at), "|", ...line.slice(at)].join("");
}

describe("the line editor", () => {
  const edits: Record<string, [keys: string, shown: string]> = {
    "what is typed": ["tea 🍵", "> tea 🍵|"],
    "characters in the middle": ["te\u001B[Dx\u0006a", "> txea|"],
    "what is erased": ["teaa\u007F\u0002\u0008", "> t|a"],
    "what is deleted": ["tea\u0001\u001B[3~\u0004", "> |a"],
    "the ends of a line": ["ea\u001B[Ht\u001BOF!", "> tea!|"],
    "what is cut off": ["one two\u0002\u000B", "> one tw|"],
    "what is cut away": ["one two\u0002\u0015", "> |o"],
    "a word that is erased": ["one two  \u0017", "> one |"],
    "a cleared screen": ["tea\u0002\u000C", "> te|a"],
    "keys that mean nothing": ["t\u001B[5~\u001Bx\u0000e\u001B[999999999999999999~a", "> tea|"],
  };
  for (const [title, [keys, shown]] of Object.entries(edits)) {
    it(`shows ${title}`, () => expect(edit(keys).shown).to.equal(shown));
  }

  it("gives lines, interrupts and the end", () => {
    expect(edit("one\rtwo\nthr\u0003\r\u0004").events).to.deep.equal([
      "one",
      "two",
      "(interrupt)",
      "",
      "(end)",
    ]);
  });

  it("remembers lines, the latest first, and the one that was begun", () => {
    expect(edit(`one\rtwo\rtwo\r \r${UP}${UP}`).shown).to.equal("> one|");
    expect(edit(`one\rtwo\rdraft${UP}${UP}${UP}${DOWN}`).shown).to.equal("> two|");
    expect(edit(`one\rdraft${UP}${DOWN}${DOWN}`).shown).to.equal("> draft|");
    expect(edit(`one\r${UP}!\r${UP}${UP}`).shown).to.equal("> one|");
  });

  it("neither shows nor remembers secrets", () => {
    let output = "";
    const editor = new LineEditor((text) => (output += text));
    editor.isSecret = true;
    expect(edit("tea\u007F\u007Fwo\r", editor).events).to.deep.equal(["two"]);
    expect(output).to.equal("> \r\n> ");
    editor.isSecret = false;
    expect(edit(`${UP}\r`, editor).events).to.deep.equal([""]);
  });

  it("takes no more than a line may have", () => {
    const { events } = edit(`${"x".repeat(20_000)}\r`);
    expect(events).to.deep.equal(["x".repeat(16_384)]);
    const editor = new LineEditor(() => {});
    editor.take("x".repeat(16_384));
    expect(() => editor.take("x")).to.throw("over 16384 bytes");
  });

  it("divides lines that others have edited, however they end", () => {
    const editor = new LineEditor(() => {});
    const lines: unknown[] = [];
    for (let rest = "one\r\ntwo\nthree\rfo"; rest !== "";) {
      const taken = editor.take(rest);
      ({ rest } = taken);
      lines.push(taken.event);
    }
    expect(lines).to.deep.equal([
      { type: "line", line: "one" },
      { type: "line", line: "two" },
      { type: "line", line: "three" },
      undefined,
    ]);
  });

  const key = fc.oneof(
    fc.string({ maxLength: 3 }),
    fc.constantFrom(
      "\r",
      "\n",
      UP,
      DOWN,
      "\u001B",
      "[",
      "O",
      "\u0003",
      "\u0004",
      "\u007F",
      "\u0002",
    ),
    fc.integer({ min: 0, max: 31 }).map((code) => String.fromCodePoint(code)),
  );
  fuzz(
    "gives the same events however the keys are cut, and shows the line where it is",
    fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
      const whole = edit(keys.join(""));
      let output = "";
      const editor = new LineEditor((text) => (output += text));
      editor.byKeys = true;
      editor.prompt("> ");
      const events: string[] = [];
      for (const character of keys.join("")) {
        const { event } = editor.take(character);
        if (event === undefined) continue;
        events.push(event.type === "line" ? event.line : `(${event.type})`);
        if (event.type !== "end") editor.prompt("> ");
      }
      expect(events).to.deep.equal(whole.events);
      expect(screen(output)).to.equal(whole.shown);
      expect(whole.shown.startsWith("> ")).to.equal(true);
    }),
  );
});
