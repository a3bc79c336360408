/** A disagreement, for people: the program in both languages, and both traces. */
import type { Answer } from "./oracle.ts";
import { printPython, printTypeScript } from "./printer.ts";
import type { Program } from "./program.ts";

export function report(program: Program, ours: readonly string[], answer: Answer): string {
  const end = answer.cut === null ? [] : [`(cut: ${answer.cut})`];
  return [
    section("program (TypeScript)", printTypeScript(program)),
    section("program (Python)", printPython(program)),
    section("program (data)", JSON.stringify(program)),
    section("trace of Twisted", [...answer.trace, ...end].join("\n")),
    section("trace here", ours.join("\n")),
  ].join("\n");
}

function section(title: string, text: string): string {
  return `--- ${title} ---\n${text.trimEnd()}\n`;
}
