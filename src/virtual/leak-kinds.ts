/** Which of Node's asynchronous resources are real things, by the names of their types. */
import type { Origin } from "./leak-origin.ts";
import type { LeakKind } from "./leak-error.ts";

/** In this order: chance is also made by jobs of crypto. */
const KINDS: readonly (readonly [LeakKind, RegExp])[] = [
  ["fs", /^(?:FSREQCALLBACK|FSREQPROMISE|FILEHANDLECLOSEREQ|FSEVENTWRAP|STATWATCHER)$/],
  ["net", /^(?:TCP|PIPE)(?:|SERVER|CONNECT)WRAP$/],
  ["dgram", /^UDP/],
  ["dns", /^(?:GETADDRINFOREQWRAP|GETNAMEINFOREQWRAP|QUERYWRAP)$/],
  ["zlib", /^ZLIB$/],
  ["random", /^(?:RANDOMBYTES|RANDOMPRIME|KEYGEN|KEYPAIRGEN)REQUEST$/],
  ["crypto", /^(?!HTTP)\w+REQUEST$/],
  ["child_process", /^PROCESSWRAP$/],
  ["worker_threads", /^WORKER$/],
  ["messages", /^MESSAGEPORT$/],
  ["timers", /^(?:Timeout|Immediate)$/],
];

/** Parts of Node that make others of these for what they are themselves. */
const MAKERS: readonly (readonly [LeakKind, RegExp])[] = [
  ["child_process", /\(node:(?:internal\/)?child_process/],
  ["worker_threads", /\(node:internal\/worker/],
  ["dgram", /\(node:(?:internal\/)?dgram/],
  ["date", /^utcDate \(/],
];

/** Through these a program comes to a timer; what else makes one needs it for itself. */
const TIMER_FUNCTIONS =
  /\(node:(?:internal\/)?(?:timers|timers\/promises|abort_controller|util)\)$/;

export function leakKindOf(type: string): LeakKind | undefined {
  return KINDS.find(([, pattern]) => pattern.test(type))?.[0];
}

/** The kind by which a program knows it; undefined for what Node does for itself, and at once. */
export function leakKindFrom(
  kind: LeakKind,
  type: string,
  { inside }: Origin,
): LeakKind | undefined {
  const maker = MAKERS.find(([, pattern]) => inside.some((frame) => pattern.test(frame)))?.[0];
  if (maker !== undefined) return maker;
  if (kind === "timers" && !inside.every((frame) => TIMER_FUNCTIONS.test(frame))) return undefined;
  if (kind === "zlib" && inside.some((frame) => /^\w*Sync|^syncBuffer/.test(frame)))
    return undefined;
  return type === "MESSAGEPORT" && inside.length > 0 ? undefined : kind;
}

/** Whether it comes to an end by itself, for which virtual time can wait. */
export function isRequest(type: string): boolean {
  return /^FSREQ|REQUEST$|REQWRAP$|CLOSEREQ$|^QUERYWRAP$/.test(type);
}

/**
 * Whether something that Node makes by itself, from inside one of its own callbacks, begins there.
 * Files, streams of zlib and jobs go on so, step by step, after what a program has begun, perhaps
 * before time was virtual; only streams of files begin so, and what has to do with the network.
 */
export function beginsInside(kind: LeakKind, { inside }: Origin): boolean {
  if (kind === "fs") return inside.some((frame) => frame.includes("(node:internal/fs/streams)"));
  return kind === "net" || kind === "dns" || kind === "dgram";
}

/** Whether it is a job whose end is told by a promise: WebCrypto's. */
export function isPromised({ inside }: Origin): boolean {
  return inside.some((frame) => frame.startsWith("jobPromise "));
}

/** Jobs of node:crypto. */
export function isJob(type: string): boolean {
  return /^(?!HTTP)\w+REQUEST$/.test(type);
}
