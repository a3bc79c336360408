/** Who has made something real, by the stack at which it was made. */

import { fileURLToPath } from "node:url";

/** A function of the hook: the stack begins outside it. */
export type Outermost = (...args: never[]) => unknown;

/** With what Node's types leave out. */
type CallSite = NodeJS.CallSite & { isAsync(): boolean };

export interface Origin {
  /**
   * A program; Node's loader of modules, its standard streams, and what loads or tests programs,
   * which are no affair of theirs; or Node alone, as it goes on with something.
   */
  readonly who: "program" | "exempt" | "node";
  /** The functions of Node's through which it was made, with their files. */
  readonly inside: readonly string[];
}

const FRAMES_MAX = 50;
const SHOWN_MAX = 8;
const EXEMPT = /^node:internal\/(?:modules|bootstrap|process\/esm_loader)/;

/** As a path: URLs end so too. */
const OWN_FOLDER = fileURLToPath(new URL(".", import.meta.url));
const NOT_THE_PROGRAM = /\bnode:|\(<anonymous>\)/;
/** What loads or tests a program is no part of it: loaders tidy up, tests have deadlines. */
const HARNESS = /[\\/]node_modules[\\/](?:mocha|tsx)[\\/]/;

/**
 * Whether what loads or tests programs has called. Their timers are none of the program's: whether
 * a loader has something to tidy up differs from run to run.
 */
export function isCalledByHarness(callee: Outermost): boolean {
  const [caller] = callSites(callee, 1);
  return HARNESS.test(caller?.getFileName() ?? "");
}

export function originOf(outermost: Outermost): Origin {
  const inside: string[] = [];
  for (const site of callSites(outermost)) {
    const file = site.getFileName() ?? "";
    if (EXEMPT.test(file)) return { who: "exempt", inside };
    if (file === "node:internal/async_hooks" || isOwn(file)) continue;
    if (file.startsWith("node:")) inside.push(`${site.getFunctionName() ?? ""} (${file})`);
    else if (HARNESS.test(file)) return { who: "exempt", inside };
    // What a program awaits goes on by Node alone.
    else if (file !== "") return { who: site.isAsync() ? "node" : "program", inside };
  }
  return { who: "node", inside };
}

/** The program's own part of the stack, as text, the innermost call first. */
export function stackOf(outermost: Outermost): string {
  return String(capture(outermost).stack)
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !NOT_THE_PROGRAM.test(line) && !isOwn(line))
    .slice(0, SHOWN_MAX)
    .join("\n");
}

/** Whether a file, or a line of a stack, is of the virtual functions, which only lie in between. */
function isOwn(place: string): boolean {
  return place.includes(OWN_FOLDER);
}

function callSites(outermost: Outermost, framesMax = FRAMES_MAX): CallSite[] {
  const before = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  Error.prepareStackTrace = (_error, sites) => sites;
  try {
    return capture(outermost, framesMax).stack as CallSite[];
  } finally {
    if (before === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
    else Object.defineProperty(Error, "prepareStackTrace", before);
  }
}

/** The stack is written out at once: what writes it may be replaced only for a moment. */
function capture(outermost: Outermost, framesMax = FRAMES_MAX): { readonly stack: unknown } {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = framesMax;
  try {
    const holder: { stack?: unknown } = {};
    Error.captureStackTrace(holder, outermost);
    return { stack: holder.stack };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
