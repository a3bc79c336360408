/** Sees what a program uses of the real world while it is on virtual time. */
import { type AsyncHook, createHook } from "node:async_hooks";
import { BadOptionError } from "../core/errors.ts";
import { isUnwatched } from "../core/unwatched.ts";
import type { TimeWatcher } from "../reactor/virtual-time.ts";
import { type Leak, type LeakKind, VirtualLeakError } from "./leak-error.ts";
import {
  beginsInside,
  isJob,
  isPromised,
  isRequest,
  leakKindFrom,
  leakKindOf,
} from "./leak-kinds.ts";
import { type Origin, originOf, type Outermost, stackOf } from "./leak-origin.ts";

/** All that can be allowed. */
export const LEAK_KINDS: readonly LeakKind[] = Object.keys({
  child_process: 0,
  crypto: 0,
  date: 0,
  dgram: 0,
  dns: 0,
  fs: 0,
  messages: 0,
  net: 0,
  random: 0,
  timers: 0,
  worker_threads: 0,
  zlib: 0,
} satisfies Record<LeakKind, 0>) as LeakKind[];

/** Without `init` for promises, where this version of Node can leave them out. */
const WITHOUT_PROMISES = { trackPromises: false };

export class LeakWatch implements TimeWatcher {
  readonly #allowed: ReadonlySet<LeakKind>;
  readonly #seconds: () => number;
  readonly #hook: AsyncHook;
  #on = false;
  /** Those found so far, each place once, by what tells them apart. */
  readonly #found = new Map<string, Leak>();
  /** How many of them verdict() has told. */
  #told = 0;
  /**
   * What is real and has not come to its end, by the numbers of the resources, or as promises. Time
   * waits for it, be it a leak or not: so a run shows all of its leaks, and what is allowed works.
   */
  readonly #awaited = new Set<number | PromiseLike<unknown>>();

  /** @throws BadOptionError for what is no kind of leak. */
  constructor(allow: Iterable<LeakKind>, seconds: () => number) {
    // A text is one too, of letters.
    if (typeof allow === "string" || !(Symbol.iterator in Object(allow))) {
      throw new BadOptionError(`"allow" takes a list of kinds of leaks, such as ["fs"]`);
    }
    this.#allowed = new Set(allow);
    for (const kind of this.#allowed) {
      if (LEAK_KINDS.includes(kind)) continue;
      throw new BadOptionError(
        `there is no kind of leak "${kind as string}" to allow; ` +
          `there are: ${LEAK_KINDS.join(", ")}`,
      );
    }
    this.#seconds = seconds;
    const done = (id: number): void => void this.#awaited.delete(id);
    const hooks = { init: this.#made, after: done, destroy: done };
    this.#hook = createHook({ ...hooks, ...WITHOUT_PROMISES });
  }

  start(): void {
    this.#on = true;
    this.#hook.enable();
  }

  stop(): void {
    this.#on = false;
    this.#hook.disable();
    this.#awaited.clear();
  }

  /** All so far, whether they were told or not. */
  get leaks(): readonly Leak[] {
    return [...this.#found.values()];
  }

  busy(): boolean {
    return this.#awaited.size > 0;
  }

  verdict(): VirtualLeakError | undefined {
    const news = this.leaks.slice(this.#told);
    this.#told += news.length;
    return news.length === 0 ? undefined : new VirtualLeakError(news);
  }

  /** Of what will be real later: `by` is the function that the program has called. */
  made(kind: LeakKind, type: string, by: Outermost): void {
    const leak = this.#on ? this.#leak(kind, type, originOf(by), by) : undefined;
    if (leak !== undefined) this.#note(leak);
  }

  /** Has time wait for what is real, and no leak. */
  waitFor(work: PromiseLike<unknown>): void {
    if (!this.#on) return;
    this.#awaited.add(work);
    const forget = (): void => void this.#awaited.delete(work);
    work.then(forget, forget);
  }

  readonly #made = (id: number, type: string, _trigger: number, resource: object): void => {
    const sort = leakKindOf(type);
    if (sort === undefined || isUnwatched()) return;
    const origin = originOf(this.#made);
    const kind = leakKindFrom(sort, type, origin);
    if (kind === undefined) return;
    const leak = this.#leak(kind, type, origin, this.#made);
    // Real chance is real at once.
    if (leak !== undefined && sort !== "crypto") this.#note(leak);
    if (!isRequest(type)) return;
    if (!isJob(type)) {
      this.#awaited.add(id);
      return;
    }
    // Jobs are made for what is done at once too; only one that is waited for has a way to tell.
    queueMicrotask(() => {
      const { ondone } = resource as { ondone?: unknown };
      if (typeof ondone !== "function" && !isPromised(origin)) return;
      this.#awaited.add(id);
      if (leak !== undefined) this.#note(leak);
    });
  };

  #leak(kind: LeakKind, type: string, origin: Origin, by: Outermost): Leak | undefined {
    const { who, inside } = origin;
    if (who === "exempt" || this.#allowed.has(kind)) return undefined;
    if (who === "node") {
      // It goes on with what is known already.
      if (this.leaks.some((known) => known.kind === kind)) return undefined;
      if (!beginsInside(kind, origin)) return undefined;
    }
    const stack = who === "program" ? stackOf(by) : inside.map((f) => `    at ${f}`).join("\n");
    return { kind, type, seconds: this.#seconds(), stack };
  }

  #note(leak: Leak): void {
    const key = `${leak.kind}\n${leak.stack}`;
    if (!this.#found.has(key)) this.#found.set(key, leak);
  }
}
