/** A fleet whose processes are told by the test how they fare. */
import { Deferred, succeed } from "skein/defer";
import { createReactor } from "skein/reactor";
import type { Member, MemberEnd } from "../../src/cli/fleet/member.ts";
import { type FleetState, Supervisor } from "../../src/cli/fleet/supervisor.ts";

export class ScriptedMember implements Member {
  readonly id: number;
  readonly ready: Deferred<void> = new Deferred();
  readonly ended: Deferred<MemberEnd> = new Deferred();
  reachable = true;
  /** Does something that takes for ever. */
  hangs = false;
  #turning: Deferred<void> | undefined = undefined;
  /** What it was told to do. */
  readonly told: string[] = [];

  constructor(id: number) {
    this.id = id;
  }

  get pid(): number {
    return 1000 + this.id;
  }

  turns(): Deferred<void> {
    return this.hangs ? (this.#turning = new Deferred()) : succeed(undefined);
  }

  stop(): void {
    this.told.push("stop");
  }

  retire(): void {
    this.told.push("retire");
  }

  kill(): void {
    this.told.push("kill");
    this.end({ status: null, signal: "SIGKILL" });
  }

  /** It does not hang any more. */
  goOn(): void {
    this.hangs = false;
    this.#turning?.callback();
    this.#turning = undefined;
  }

  /** Its daemon has started. */
  start(): void {
    this.ready.callback();
  }

  end(end: Partial<MemberEnd> = {}): void {
    if (!this.ended.called)
      this.ended.callback({ status: end.signal ? null : 1, signal: null, ...end });
  }
}

export interface FleetStand {
  readonly fleet: Supervisor;
  /** All that were ever started, in that order. */
  readonly members: ScriptedMember[];
  readonly said: string[];
  readonly states: FleetState[];
  readonly status: () => number | undefined;
  readonly pass: (seconds: number) => PromiseLike<void>;
  /** The ids of those that have not ended. */
  readonly alive: () => number[];
}

/** A fleet of `count`, begun, on a clock that the test advances. */
export function scriptedFleet(
  count: number,
  hangSeconds?: number,
  advance: "step" | "jump" = "step",
): FleetStand {
  const clock = createReactor("clock", { advance });
  const members: ScriptedMember[] = [];
  const said: string[] = [];
  const states: FleetState[] = [];
  let status: number | undefined;
  const fleet = new Supervisor({
    clock,
    count,
    startMember() {
      const member = new ScriptedMember(members.length + 1);
      members.push(member);
      return member;
    },
    say: (what) => said.push(what),
    startSeconds: 60,
    retireSeconds: 14,
    hangSeconds,
    changed: (state) => states.push(state),
  });
  fleet.start().addCallback((outcome) => (status = outcome));
  return {
    fleet,
    members,
    said,
    states,
    status: () => status,
    pass: (seconds) => clock.advance(seconds),
    alive: () => fleet.members.map(({ id }) => id),
  };
}

/** The same, with all of them ready, and well. */
export async function steadyFleet(count: number, hangSeconds?: number): Promise<FleetStand> {
  const stand = scriptedFleet(count, hangSeconds);
  stand.members[0]?.start();
  for (const member of stand.members.slice(1)) member.start();
  await stand.pass(10);
  stand.said.length = stand.states.length = 0;
  return stand;
}
