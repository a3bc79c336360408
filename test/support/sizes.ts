/** What pages import, and the most bytes that it may cost them, minified and gzipped. */
export interface Budget {
  readonly title: string;
  readonly contents: string;
  readonly bytesMax: number;
}

const KIB = 1024;

export const BUDGETS: readonly Budget[] = [
  {
    title: "`Deferred`",
    contents: 'export { Deferred } from "skein/defer";',
    bytesMax: 2.9 * KIB,
  },
  {
    title: "`Deferred`, `inlineCallbacks`",
    contents: 'export { Deferred, inlineCallbacks } from "skein/defer";',
    bytesMax: 3.7 * KIB,
  },
  {
    title: "all of `skein/defer`",
    contents: 'export * from "skein/defer";',
    bytesMax: 6 * KIB,
  },
  {
    title: "all of `skein/defer` and `skein/task`",
    contents: 'export * from "skein/defer"; export * from "skein/task";',
    bytesMax: 10 * KIB,
  },
  {
    title: "`createReactor` with `timer` and `clock`, `LoopingCall`",
    contents:
      'export { createReactor } from "skein/reactor"; export { LoopingCall } from "skein/task";',
    bytesMax: 64 * KIB,
  },
];
