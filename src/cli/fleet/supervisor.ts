import { backoffPolicy } from "../../application/backoff-policy.ts";
import { Deferred } from "../../defer/deferred.ts";
import { inlineCallbacks } from "../../defer/inline-callbacks.ts";
import type { DelayedCall, ReactorTime } from "../../reactor/capabilities.ts";
import { describeEnd, type Member, type MemberEnd } from "./member.ts";
import { watchMember } from "./watch-member.ts";

/** Who lives for so long after its start is well. */
export const WELL_SECONDS = 5;
/** After so many that were not well, in a row, and with none that is, there is no point. */
export const UNWELL_MAX = 5;

export interface SupervisorOptions {
  readonly clock: Pick<ReactorTime, "callLater">;
  /** How many processes there are to be. */
  readonly count: number;
  readonly startMember: () => Member;
  /** Told, in words, of what happens. */
  readonly say: (what: string) => void;
  /** Seconds that a new one has to start, when it is to replace another. */
  readonly startSeconds: number;
  /** Seconds that an old one has to end, when it was replaced. */
  readonly retireSeconds: number;
  /** Seconds after which one is killed that does not answer; none is unless given. */
  readonly hangSeconds?: number | undefined;
  /** Told when all are ready, and when a restart begins. */
  readonly changed?: (state: FleetState) => void;
}

export type FleetState = "starting" | "ready" | "restarting" | "stopping" | "over";

/** A place for one process, which others take one after another. */
interface Slot {
  member: Member | undefined;
  /** The next one is to be started. */
  waiting: DelayedCall | undefined;
  /** It has done its work: nobody comes after it. */
  done: boolean;
}

/**
 * Keeps a number of processes running, and replaces them one by one when it is told to.
 *
 * The first is started alone: if it ends before its daemon has started, that is how all end, as
 * the others would do no better. Then come the others, at once. One that ends by itself is
 * replaced, later and later (0.1 to 30 seconds) while those that come do not live for
 * {@link WELL_SECONDS}; after {@link UNWELL_MAX} of these, with none that is well, it gives up. One
 * that ends with status 0 has done its work, and is not replaced.
 *
 * A restart goes from place to place: a new process is started, and when its daemon has started the
 * old one is retired, and waited for. A new one that fails ends the restart: the old ones go on.
 *
 * It knows of processes only what {@link Member} says, so that it runs on virtual time.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots: Slot[];
  /** All that have not ended, retired ones too. */
  readonly #members = new Set<Member>();
  /** Those that have lived for long enough. */
  readonly #well = new Set<Member>();
  readonly #over = new Deferred<number>();
  readonly #delay = backoffPolicy({ initial: 0.1, factor: 2, max: 30 });
  #unwell = 0;
  #status = 0;
  #state: FleetState = "starting";
  #restartWanted = false;
  /** When all are to stop: those are killed that have not started. */
  #hanging: DelayedCall | undefined = undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.count }, () => ({
      member: undefined,
      waiting: undefined,
      done: false,
    }));
  }

  get state(): FleetState {
    return this.#state;
  }

  /** All processes that have not ended, in the order of their starts. */
  get members(): readonly Member[] {
    return [...this.#members];
  }

  /** Begins; to be called once. Fires with the exit status, when all have ended. */
  start(): Deferred<number> {
    // It was stopped before.
    if (this.#state !== "starting") return this.#over;
    const [first, ...others] = this.#slots as [Slot, ...Slot[]];
    const pioneer = this.#fill(first);
    pioneer.ready.addCallback(() => {
      if (this.#state !== "starting") return;
      for (const slot of others) this.#fill(slot);
      this.#checkAllReady();
    });
    return this.#over;
  }

  /** Replaces all, one after another. During a restart: once more, when that is over. */
  restart(): void {
    if (this.#state === "stopping" || this.#state === "over") return;
    this.#restartWanted = true;
    if (this.#state === "ready") this.#restartAll();
  }

  /**
   * Has all stop, and starts no more. One that has not even started when its time for that is over
   * is killed: it hangs, and hears nothing.
   */
  stop(): void {
    if (this.#state === "stopping" || this.#state === "over") return;
    this.#enter("stopping");
    for (const slot of this.#slots) this.#stopWaiting(slot);
    for (const member of this.#members) member.stop();
    const { clock, startSeconds } = this.#options;
    this.#hanging = clock.callLater(startSeconds, () => {
      for (const member of this.#members) if (!member.ready.called) member.kill();
    });
    this.#checkOver();
  }

  /** Ends all at once. */
  kill(): void {
    for (const member of this.#members) member.kill();
  }

  // --- one process ---

  #fill(slot: Slot): Member {
    const member = this.#begin();
    slot.member = member;
    member.ready.addCallback(() => {
      this.#say(`process ${member.id} (pid ${member.pid}) is ready`);
      this.#checkAllReady();
    });
    return member;
  }

  #begin(): Member {
    const member = this.#options.startMember();
    this.#members.add(member);
    const { clock, hangSeconds } = this.#options;
    if (hangSeconds !== undefined) {
      watchMember(clock, member, hangSeconds, () => {
        this.#say(`process ${member.id} (pid ${member.pid}) hangs since ${hangSeconds} s: killed`);
        member.kill();
      });
    }
    let growing: DelayedCall | undefined;
    member.ready.addCallback(() => {
      growing = clock.callLater(WELL_SECONDS, () => {
        this.#well.add(member);
        this.#unwell = 0;
      });
    });
    // First of all: who looks at the members then finds it gone.
    member.ended.addCallback((end) => {
      if (growing?.active === true) growing.cancel();
      const wasWell = this.#well.delete(member);
      this.#members.delete(member);
      const slot = this.#slots.find((place) => place.member === member);
      if (slot !== undefined) this.#lost(slot, member, end, wasWell);
      this.#checkOver();
      return end;
    });
    return member;
  }

  /** The one that has a place has ended. */
  #lost(slot: Slot, { id, pid, ready }: Member, end: MemberEnd, wasWell: boolean): void {
    slot.member = undefined;
    if (this.#state === "stopping") return;
    if (this.#state === "starting" && !this.#anyReady(ready)) {
      this.#status = end.status ?? 1;
      if (end.signal !== null) this.#say(`the first process was ended by ${end.signal}`);
      return;
    }
    if (end.status === 0 && ready.called) {
      slot.done = true;
      this.#say(`process ${id} (pid ${pid}) has done its work`);
      this.#checkAllReady();
      return;
    }
    if (!wasWell) this.#unwell++;
    if (this.#unwell >= UNWELL_MAX && this.#well.size === 0) {
      this.#say(
        `process ${id} (pid ${pid}) has ended (${describeEnd(end)}): ` +
          `${this.#unwell} in a row have ended soon after their start; giving up`,
      );
      this.#status = 1;
      this.stop();
      return;
    }
    const delay = this.#delay(this.#unwell);
    this.#say(
      `process ${id} (pid ${pid}) has ended (${describeEnd(end)}); ` +
        `another is started in ${delay} s`,
    );
    slot.waiting = this.#options.clock.callLater(delay, () => {
      slot.waiting = undefined;
      this.#fill(slot);
    });
  }

  /** Whether somebody has shown that the daemon can start. */
  #anyReady(ready: Deferred<void>): boolean {
    return ready.called || [...this.#members].some((member) => member.ready.called);
  }

  #stopWaiting(slot: Slot): void {
    slot.waiting?.cancel();
    slot.waiting = undefined;
  }

  // --- all of them ---

  #checkAllReady(): void {
    if (this.#state !== "starting") return;
    if (!this.#slots.every(({ member, done }) => done || member?.ready.called === true)) return;
    this.#enter("ready");
    if (this.#restartWanted) this.#restartAll();
  }

  #restartAll(): void {
    this.#restartWanted = false;
    this.#enter("restarting");
    this.#say("restarting, one process after another");
    this.#replaceAll().addBoth((outcome) => {
      if (this.#state === "restarting") {
        this.#enter("ready");
        if (this.#restartWanted) this.#restartAll();
      }
      return outcome;
    });
  }

  readonly #replaceAll = inlineCallbacks(function* (
    this: Supervisor,
  ): Generator<unknown, void, never> {
    for (const slot of this.#slots) {
      if (slot.done) continue;
      const fresh = this.#begin();
      const wrong = yield* this.#whyNotReady(fresh);
      if (this.#state !== "restarting") return;
      if (wrong !== undefined) {
        this.#say(`process ${fresh.id} (pid ${fresh.pid}) ${wrong}: the restart ends here`);
        fresh.kill();
        return;
      }
      const old = slot.member;
      slot.member = fresh;
      this.#stopWaiting(slot);
      const instead = old === undefined ? "" : `, in place of ${old.id} (pid ${old.pid})`;
      this.#say(`process ${fresh.id} (pid ${fresh.pid}) is ready${instead}`);
      if (old !== undefined) yield this.#retire(old);
      if (this.#state !== "restarting") return;
    }
    this.#say("restarted");
  });

  /** Fires with why a new process cannot take a place, if it cannot. */
  #whyNotReady(fresh: Member): Deferred<string | undefined> {
    const settled = new Deferred<string | undefined>();
    const settle = (wrong?: string): void => {
      if (deadline.active) deadline.cancel();
      if (!settled.called) settled.callback(wrong);
    };
    const { clock, startSeconds } = this.#options;
    const deadline = clock.callLater(startSeconds, () =>
      settle(`has not started in ${startSeconds} s`),
    );
    fresh.ready.addCallback(() => settle());
    fresh.ended.addCallback((end) => {
      settle(`has ended (${describeEnd(end)}) before it was ready`);
      return end;
    });
    return settled;
  }

  /** Fires when it has ended. */
  #retire(old: Member): Deferred<void> {
    const { clock, retireSeconds } = this.#options;
    const deadline = clock.callLater(retireSeconds, () => {
      this.#say(`process ${old.id} (pid ${old.pid}) has not ended in ${retireSeconds} s: killed`);
      old.kill();
    });
    const gone = new Deferred<void>();
    old.ended.addCallback((end) => {
      if (deadline.active) deadline.cancel();
      gone.callback();
      return end;
    });
    old.retire();
    return gone;
  }

  #checkOver(): void {
    const working = this.#slots.some(({ member, waiting }) => member ?? waiting);
    if (this.#state === "over" || this.#members.size > 0) return;
    if (this.#state !== "stopping" && working) return;
    if (this.#hanging?.active === true) this.#hanging.cancel();
    this.#enter("over");
    this.#over.callback(this.#status);
  }

  #enter(state: FleetState): void {
    this.#state = state;
    this.#options.changed?.(state);
  }

  #say(what: string): void {
    this.#options.say(what);
  }
}
