/** A channel: who is in it, and its modes. */
import type { User } from "./user.ts";

/**
 * Modes that a channel has or has not: n, only members may speak to it; t, only operators set the
 * topic; m, only operators and the voiced may speak.
 */
export type ChannelFlag = "n" | "t" | "m";

/** What a member may do. */
export interface Rank {
  operator: boolean;
  voice: boolean;
}

export class Channel {
  readonly name: string;
  topic = "";
  readonly flags: Set<ChannelFlag> = new Set(["n", "t"]);
  /** The key that who joins must say; undefined while none must. */
  key: string | undefined = undefined;
  readonly members: Map<User, Rank> = new Map();

  constructor(name: string) {
    this.name = name;
  }

  /** The first one in is its operator. */
  join(user: User): void {
    this.members.set(user, { operator: this.members.size === 0, voice: false });
  }

  isOperator(user: User): boolean {
    return this.members.get(user)?.operator === true;
  }

  maySpeak(user: User): boolean {
    const rank = this.members.get(user);
    if (rank === undefined) return !this.flags.has("n") && !this.flags.has("m");
    return !this.flags.has("m") || rank.operator || rank.voice;
  }

  /** As members are listed: "@ada +bob eve". */
  names(): string[] {
    return [...this.members].map(([user, rank]) => signOf(rank) + user.nick);
  }

  signOf(user: User): string {
    return signOf(this.members.get(user));
  }

  /** "+nt", say. */
  modes(): string {
    return `+${[...this.flags].sort().join("")}${this.key === undefined ? "" : "k"}`;
  }

  /** Tells all members but one. */
  tell(from: string, command: string, params: readonly string[], except?: User): void {
    for (const user of this.members.keys()) {
      if (user !== except) user.sendMessage(command, params, from);
    }
  }
}

function signOf(rank: Rank | undefined): string {
  if (rank?.operator) return "@";
  return rank?.voice ? "+" : "";
}
