import type { Reactor } from "../reactor/capabilities.ts";
import { backgroundCall } from "./background-call.ts";
import type { PoolMember } from "./pool-member.ts";
import type { PoolSettings } from "./pool-options.ts";

/** The workers of a pool with nothing to do. Those that have had nothing for long are ended. */
export class IdleMembers {
  readonly #reactor: Reactor<"threads">;
  readonly #settings: PoolSettings;
  /** How many more there are than the pool is to have at the least. */
  readonly #spare: () => number;
  readonly #retire: (member: PoolMember) => void;
  /** The last to come is the first to go. */
  readonly #members: PoolMember[] = [];
  /** Calls off the look for those that are to be ended, while there is to be one. */
  #stopWatching: (() => void) | undefined = undefined;

  constructor(
    reactor: Reactor<"threads">,
    settings: PoolSettings,
    spare: () => number,
    retire: (member: PoolMember) => void,
  ) {
    this.#reactor = reactor;
    this.#settings = settings;
    this.#spare = spare;
    this.#retire = retire;
  }

  get length(): number {
    return this.#members.length;
  }

  add(member: PoolMember): void {
    this.#members.push(member);
    this.#watch(member);
  }

  delete(member: PoolMember): void {
    const index = this.#members.indexOf(member);
    if (index >= 0) this.#members.splice(index, 1);
  }

  /** Takes out one that can have a call. */
  take(): PoolMember | undefined {
    for (let i = this.#members.length - 1; i >= 0; i--) {
      const member = this.#members[i] as PoolMember;
      // Calls that were revoked may be in its way, until it has seen that they were.
      if (member.handle.room === 0) continue;
      this.#members.splice(i, 1);
      return member;
    }
    return undefined;
  }

  /** Retires so many. */
  retire(count: number): void {
    for (const member of this.#members.slice(0, Math.max(0, count))) this.#retire(member);
  }

  /** There may be spare ones now. */
  watchAll(): void {
    for (const member of this.#members) this.#watch(member);
  }

  clear(): void {
    this.#stopWatching?.();
    this.#members.length = 0;
  }

  #watch(member: PoolMember): void {
    const { idleSeconds } = this.#settings;
    if (idleSeconds === Infinity || this.#spare() <= 0) return;
    member.idleSince = this.#reactor.seconds();
    this.#stopWatching ??= backgroundCall(this.#reactor, idleSeconds, this.#shrink);
  }

  readonly #shrink = (): void => {
    this.#stopWatching = undefined;
    const { idleSeconds } = this.#settings;
    const before = this.#reactor.seconds() - idleSeconds;
    // A copy, as those that are ended leave the list.
    for (const member of this.#members.slice()) {
      if (this.#spare() <= 0) return;
      if (member.idleSince <= before + 1e-9) this.#retire(member);
    }
    const oldest = Math.min(...this.#members.map(({ idleSince }) => idleSince));
    if (oldest === Infinity || this.#spare() <= 0) return;
    const wait = Math.max(0, oldest + idleSeconds - this.#reactor.seconds());
    this.#stopWatching = backgroundCall(this.#reactor, wait, this.#shrink);
  };
}
