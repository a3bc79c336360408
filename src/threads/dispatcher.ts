/** Which worker gets which call, and how many workers there are: what is inside a pool. */
import type { OnLine } from "../core/call-line.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { CannotStartWorkerError, WorkerDiedError } from "../reactor/errors.ts";
import { CallQueue } from "./call-queue.ts";
import { IdleMembers } from "./idle-members.ts";
import type { PoolCall } from "./pool-call.ts";
import { PoolMember } from "./pool-member.ts";
import type { PoolSettings } from "./pool-options.ts";
import type { ThreadPoolStatistics } from "./statistics.ts";

/** Who has lost so many workers before it began will not begin. */
const BEREAVED_MAX = 3;

export class Dispatcher {
  readonly #reactor: Reactor<"threads">;
  readonly #settings: PoolSettings;
  /** Told when calls have ended. */
  readonly #changed: () => void;
  readonly #seconds: () => number;
  readonly #members = new Set<PoolMember>();
  /** Those with nothing to do. */
  readonly #idle: IdleMembers;
  readonly #queue = new CallQueue();
  /** Calls that workers hold. */
  #held = 0;
  #finished = 0;
  #lost = 0;
  #recycled = 0;
  #stopped = false;

  constructor(reactor: Reactor<"threads">, settings: PoolSettings, changed: () => void) {
    this.#reactor = reactor;
    this.#settings = settings;
    this.#changed = changed;
    this.#seconds = () => reactor.seconds();
    this.#idle = new IdleMembers(
      reactor,
      settings,
      () => this.#members.size - settings.min,
      (member) => this.#retire(member),
    );
    this.#keepMin();
  }

  statistics(): ThreadPoolStatistics {
    return Object.freeze({
      workers: this.#members.size,
      working: this.#members.size - this.#idle.length,
      queued: this.waiting,
      finished: this.#finished,
      lost: this.#lost,
      recycled: this.#recycled,
    });
  }

  /** Whether no call waits or runs. */
  get empty(): boolean {
    return this.#held === 0 && this.#queue.size === 0;
  }

  /** Calls that wait, wherever. */
  get waiting(): number {
    return this.#queue.size + this.#held - (this.#members.size - this.#idle.length);
  }

  /** Whether there is an idle worker, or may be one more. */
  get hasFreeWorker(): boolean {
    return this.#idle.length > 0 || this.#members.size < this.#settings.max;
  }

  submit(call: PoolCall): void {
    if (this.#queue.size === 0 && this.#place(call)) return;
    this.#queue.push(call);
    // A worker may have come to rest in this turn: who waits for that need not wait for the next.
    if (this.#queue.first?.transfer !== undefined) this.#dispatch();
  }

  /** Gives the call to whoever can have it; false if it has to wait. */
  #place(call: PoolCall, mayHire = true): boolean {
    let member = this.#idle.take();
    if (member === undefined && mayHire && this.#members.size < this.#settings.max) {
      try {
        member = this.#hire();
      } catch (error) {
        // There is no worker to be had.
        call.giveUp(error);
        return true;
      }
    }
    member ??= this.#roomiest(call);
    if (member === undefined) return false;
    if (!this.#give(member, call) && member.idle) this.#idle.add(member);
    return true;
  }

  /** The member that holds the fewest calls, if it may hold more. */
  #roomiest(call: PoolCall): PoolMember | undefined {
    let best: PoolMember | undefined;
    for (const member of this.#members) {
      if (!member.takes(call, this.#settings.callsPerWorker)) continue;
      if (best === undefined || member.calls.size < best.calls.size) best = member;
    }
    return best;
  }

  #give(member: PoolMember, call: PoolCall): boolean {
    try {
      member.send(call, this.#seconds);
      this.#held++;
      return true;
    } catch (error) {
      // The arguments cannot cross to it.
      call.giveUp(error);
      return false;
    }
  }

  /** Gives the queue's calls to members that may hold more. */
  #fill(member: PoolMember): void {
    const { callsPerWorker } = this.#settings;
    for (let call = this.#queue.first; call !== undefined; call = this.#queue.first) {
      if (!member.takes(call, callsPerWorker)) return;
      this.#queue.shift();
      this.#give(member, call);
    }
  }

  /** Gives the queue's calls to whoever is free. */
  #dispatch(mayHire = true): void {
    for (let call = this.#queue.shift(); call !== undefined; call = this.#queue.shift()) {
      if (this.#place(call, mayHire)) continue;
      this.#queue.putBack([call]);
      return;
    }
  }

  #hire(): PoolMember {
    const member = new PoolMember();
    const { substrate, heapMegabytesMax } = this.#settings;
    member.handle = this.#reactor.startWorker(
      {
        returned: (call, value) => this.#ended(member, call as PoolCall, value, undefined),
        threw: (call, error) => this.#ended(member, call as PoolCall, undefined, error),
        told: (call, message) =>
          this.#hear(call as PoolCall, () => (call as PoolCall).hear(message)),
        asked: (call, question, reply, atOnce) =>
          this.#hear(call as PoolCall, () =>
            (call as PoolCall).lines?.asked(question as OnLine, reply, atOnce),
          ),
        roomy: () => this.#dispatch(),
        died: (error) => this.#died(member, error),
      },
      { substrate, ...(heapMegabytesMax === undefined ? {} : { heapMegabytesMax }) },
    );
    this.#members.add(member);
    return member;
  }

  /** What it says may be nothing that is ever said: that fails the call. */
  #hear(call: PoolCall, hear: () => void): void {
    try {
      hear();
    } catch (error) {
      if (!call.settle()) return;
      this.abandon(call);
      call.errback(error);
    }
  }

  #ended(member: PoolMember, call: PoolCall, value: unknown, error: Error | undefined): void {
    const measured = member.finished(call, this.#seconds);
    call.member = undefined;
    call.leave();
    this.#finished++;
    if (!member.retired) {
      this.#held--;
      this.#next(member, measured);
    }
    if (call.settle()) {
      if (error === undefined) call.callback(value);
      else call.errback(error);
    }
    this.#changed();
  }

  /** What a member does that has finished a call. */
  #next(member: PoolMember, measured: boolean): void {
    const { callsPerWorker, megabytesPerWorker } = this.#settings;
    if (member.handle.megabytes > megabytesPerWorker) this.#takeBack(member);
    else if (this.#queue.size > 0) {
      if (measured) this.#rescue(member);
      this.#fill(member);
    } else if (member.idle && member.given < callsPerWorker) this.#relieve(member);
    if (!member.idle) return;
    if (this.#members.size > this.#settings.max) {
      this.#retire(member);
    } else if (member.given >= callsPerWorker || member.handle.megabytes > megabytesPerWorker) {
      this.#recycled++;
      this.#retire(member);
      this.#dispatch();
    } else {
      this.#idle.add(member);
    }
  }

  /** Calls that wait behind one that takes long go back to the queue. */
  #rescue(free: PoolMember): void {
    const now = this.#seconds();
    for (const member of this.#members) {
      if (member === free || !member.stuck(now)) continue;
      member.window = 1;
      // One stays, begun or not: a worker that is being started has begun none.
      this.#takeBack(member, member.calls.size - 1);
    }
  }

  /** Takes over half of the calls that wait inside another member. */
  #relieve(free: PoolMember): void {
    let fullest: PoolMember | undefined;
    for (const member of this.#members) {
      if (member.calls.size > (fullest?.calls.size ?? 1)) fullest = member;
    }
    if (fullest === undefined) return;
    const taken = fullest.takeBack(Math.ceil((fullest.calls.size - 1) / 2));
    this.#held -= taken.length;
    for (const call of taken) this.#give(free, call);
  }

  #takeBack(member: PoolMember, most?: number): void {
    const taken = member.takeBack(most);
    this.#held -= taken.length;
    this.#queue.putBack(taken);
    if (taken.length > 0 && member.idle) this.#idle.add(member);
  }

  /** Nobody waits for the call any more. */
  abandon(call: PoolCall): void {
    const { member } = call;
    if (this.#queue.delete(call) || member === undefined || member.retired) {
      call.leave();
      return;
    }
    const { handle } = member;
    if (handle.revoke(call)) {
      member.calls.delete(call);
      call.member = undefined;
      call.leave();
      this.#held--;
      if (member.idle) this.#idle.add(member);
      this.#dispatch();
    } else if (handle.running(call)) {
      const heeds = handle.abort(call);
      const grace = this.#settings.cancelGraceSeconds;
      if (!heeds || grace === 0) this.#end(member, call);
      else {
        call.deadline = this.#reactor.callLater(grace, () => {
          if (call.member === member && !member.retired) this.#end(member, call);
        });
      }
    }
  }

  /** Ends a worker in the middle of a call. */
  #end(member: PoolMember, call: PoolCall): void {
    // Now no other can begin; and one that has is not this one's to take down.
    this.#takeBack(member);
    if (member.handle.running(call)) {
      this.#lost++;
      this.#dismiss(member);
      member.handle.terminate();
      this.#keepMin();
      for (const its of member.calls) its.leave();
    }
    this.#dispatch();
  }

  /** Ends one that has nothing to do. */
  #retire(member: PoolMember): void {
    this.#dismiss(member);
    member.handle.retire();
    this.#keepMin();
  }

  #dismiss(member: PoolMember): void {
    if (member.retired) return;
    member.retired = true;
    this.#held -= member.calls.size;
    this.#members.delete(member);
    this.#idle.delete(member);
  }

  #died(member: PoolMember, error: Error): void {
    const ended = member.retired;
    const started = !(error instanceof CannotStartWorkerError);
    if (!ended && started) this.#lost++;
    const idle = member.idle;
    this.#dismiss(member);
    const failed: PoolCall[] = [];
    const again: PoolCall[] = [];
    for (const call of member.calls) {
      call.member = undefined;
      if (call.settled) {
        call.leave();
        continue;
      }
      if (!member.handle.revoke(call) || call.transfer !== undefined) failed.push(call);
      else if (!started) (this.#members.size > 0 ? again : failed).push(call);
      else if (++call.bereaved < BEREAVED_MAX) again.push(call);
      else failed.push(call);
    }
    member.calls.clear();
    this.#queue.putBack(again);
    // Another could not be started either: those that there are take what waits.
    this.#dispatch(started || this.#members.size === 0);
    // One that was never of use would be followed by another.
    if (!ended && started && member.given > 0) this.#keepMin();
    for (const call of failed) {
      call.giveUp(
        call.bereaved < BEREAVED_MAX
          ? error
          : new WorkerDiedError(`${BEREAVED_MAX} workers died before the call began`, {
              cause: error,
            }),
      );
    }
    this.#changed();
    if (!ended && idle) this.#tellLost(error);
  }

  #tellLost(error: Error): void {
    try {
      this.#settings.onWorkerLost(error);
    } catch (thrown) {
      this.#reactor.reportError(thrown, "telling of a worker that was lost");
    }
  }

  // --- how many there are ---

  #keepMin(): void {
    if (this.#stopped) return;
    while (this.#members.size < this.#settings.min) {
      this.#idle.add(this.#hire());
    }
  }

  /** The settings have other limits. */
  adjust(): void {
    this.#keepMin();
    this.#idle.retire(this.#members.size - this.#settings.max);
    this.#dispatch();
    this.#idle.watchAll();
  }

  /** Ends every worker; returns the calls that have not finished, those that run before others. */
  stop(): PoolCall[] {
    this.#stopped = true;
    const running: PoolCall[] = [];
    const waiting: PoolCall[] = [];
    for (const member of this.#members) {
      const [first, ...others] = member.calls;
      if (first !== undefined) running.push(first);
      waiting.push(...others);
      member.retired = true;
      if (first === undefined) member.handle.retire();
      else member.handle.terminate();
    }
    this.#members.clear();
    this.#idle.clear();
    this.#held = 0;
    return [...running, ...waiting, ...this.#queue.clear()];
  }
}
