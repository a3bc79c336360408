/** The user and group that a daemon becomes, when what needs privileges is done. */
import { execFileSync } from "node:child_process";
import type { RunOptions } from "./options.ts";
import { messageOf } from "../core/errors.ts";
import { LaunchError } from "./launch-error.ts";
import { UsageError } from "./usage-error.ts";

export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Becomes it, for good: user, group, and the groups that the user is in. @throws LaunchError */
  become(): void;
}

/**
 * Who it is to be; undefined when it stays who it is.
 *
 * @throws UsageError for who is not known, and where the process has no right to become them.
 */
export function identityOf({ uid: user, gid: group }: RunOptions): Identity | undefined {
  if (user === undefined && group === undefined) return undefined;
  const { getuid, getgid, getgroups, setuid, setgid, setgroups } = process;
  if (!getuid || !getgid || !getgroups || !setuid || !setgid || !setgroups) {
    throw new UsageError("--uid and --gid need a system with users and groups as POSIX has them");
  }
  const uid = user === undefined ? getuid() : userNumber(user);
  const gid = group === undefined ? primaryGroup(user as string) : groupNumber(group);
  if (getuid() !== 0) {
    if (uid === getuid() && gid === getgid()) return undefined;
    const option = user === undefined ? `--gid ${group}` : `--uid ${user}`;
    throw new UsageError(`${option} needs a command that is started as root`);
  }
  const groups = user === undefined ? [gid] : [...new Set([gid, ...groupsOf(user)])];
  return {
    uid,
    gid,
    become() {
      try {
        // The user last: it may not change the groups.
        setgroups(groups);
        setgid(gid);
        setuid(uid);
      } catch (error) {
        throw new LaunchError(`cannot become user ${uid}, group ${gid}: ${messageOf(error)}`);
      }
    },
  };
}

function userNumber(user: string): number {
  if (/^\d+$/.test(user)) return Number(user);
  const found = idOf("-u", user);
  if (found === undefined) throw new UsageError(`--uid: there is no user called "${user}"`);
  return Number(found);
}

function groupNumber(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const found = answerOf("getent", ["group", "--", group])?.split(":")[2];
  if (found === undefined) throw new UsageError(`--gid: there is no group called "${group}"`);
  return Number(found);
}

function primaryGroup(user: string): number {
  const found = idOf("-g", user);
  if (found !== undefined) return Number(found);
  throw new UsageError(`--uid ${user}: that user is not known here, so give --gid too`);
}

function groupsOf(user: string): number[] {
  return idOf("-G", user)?.split(" ").map(Number) ?? [];
}

/** What the system, wherever it has its users from, says of one. */
function idOf(what: string, user: string): string | undefined {
  return answerOf("id", [what, "--", user]);
}

function answerOf(command: string, args: readonly string[]): string | undefined {
  try {
    const answer = execFileSync(command, args, { stdio: ["ignore", "pipe", "ignore"] });
    return answer.toString().trim() || undefined;
  } catch {
    return undefined;
  }
}
