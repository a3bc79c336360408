/**
 * What a framework on virtual time must not touch by itself: clocks, timers, sockets, processes,
 * chance, and sleep. They come in through a backend, or the same daemon would not run on another.
 */
import { importsOf } from "./imports.ts";
import type { Sources } from "./layering.ts";
import { lineAt, scanSource } from "./source-scan.ts";

type Kind = "clock" | "timer" | "socket" | "process" | "chance" | "sleep";

const WORDS: readonly (readonly [Kind, RegExp])[] = [
  // A method may bear the name: a parameter with its type, or the socket that has it, tells them.
  ["timer", /\b(?:set|clear)(?:Timeout|Interval|Immediate)\b(?!\s*\(\w+\??:)/g],
  ["timer", /\bAbortSignal\s*\.\s*timeout\b/g],
  // Of a time that is given, a Date is made without a clock.
  ["clock", /\bnew\s+Date\b(?!\s*\(\s*[^\s)])/g],
  ["clock", /\b(?:Date\s*\.\s*now|performance\s*\.\s*now|process\s*\.\s*hrtime)\b/g],
  ["sleep", /\bAtomics\s*\.\s*wait(?:Async)?\b|\bwaitAsync\b/g],
  ["chance", /\bMath\s*\.\s*random\b/g],
  ["chance", /\b(?:random(?:Bytes|Fill|FillSync|Int|UUID)|getRandomValues)\b/g],
];

const MODULES: readonly (readonly [Kind, RegExp])[] = [
  ["timer", /^(?:node:)?timers(?:\/promises)?$/],
  ["clock", /^(?:node:)?perf_hooks$/],
  ["socket", /^(?:node:)?(?:net|tls|dns|dns\/promises|dgram)$/],
  ["process", /^(?:node:)?(?:child_process|worker_threads)$/],
];

/** The folders that may touch some of it, and what. The command runs a daemon, in a process. */
const ALLOWED: readonly (readonly [string, readonly Kind[]])[] = [
  ["src/reactor/backends/", ["clock", "timer", "socket", "process", "chance", "sleep"]],
  ["src/testing/", ["clock", "timer", "socket", "process", "chance", "sleep"]],
  // What it is about.
  ["src/virtual/", ["clock", "timer", "socket", "process", "chance", "sleep"]],
  ["src/cli/", ["process"]],
  // Workers sleep there that are real threads: they have no virtual time.
  ["src/threading/sleep.ts", ["clock", "sleep"]],
];

export function purityViolations(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => {
    const allowed = ALLOWED.find(([folder]) => path.startsWith(folder))?.[1] ?? [];
    return [...mentionedWords(text), ...importedModules(text)]
      .filter(({ kind }) => !allowed.includes(kind))
      .map(({ kind, line, name }) => `${path}:${line}: ${name} (${kind}) belongs into a backend`);
  });
}

interface Finding {
  readonly kind: Kind;
  readonly line: number;
  readonly name: string;
}

function mentionedWords(text: string): Finding[] {
  const { code } = scanSource(text);
  return WORDS.flatMap(([kind, pattern]) =>
    [...code.matchAll(pattern)].map((match) => ({
      kind,
      line: lineAt(text, match.index),
      name: match[0],
    })),
  );
}

function importedModules(text: string): Finding[] {
  return importsOf(text).flatMap(({ specifier, line }) => {
    const kind = MODULES.find(([, pattern]) => pattern.test(specifier))?.[0];
    return kind === undefined ? [] : [{ kind, line, name: specifier }];
  });
}
