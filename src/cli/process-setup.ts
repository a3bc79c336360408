import { memberId } from "./fleet/membership.ts";
import type { Identity } from "./identity.ts";
import { type CommandLog, openLog, reopenOnHangup } from "./open-log.ts";
import type { RunOptions } from "./options.ts";
import type { Pidfile } from "./pidfile.ts";

/** What the process has beside the daemon. */
export interface ProcessSetup {
  readonly log: CommandLog;
  /** The user that was asked for, and how to become it; undefined when none was. */
  readonly identity: Identity | undefined;
  /** Gives back all that must not stay when the process ends, whatever ends it. */
  readonly release: () => void;
}

/**
 * Sets the process up as the options say, for as long as `use` takes. What few want is loaded only
 * for them.
 *
 * @throws LaunchError, UsageError, CannotLogError
 */
export async function withProcess(
  options: RunOptions,
  use: (setup: ProcessSetup) => Promise<number>,
): Promise<number> {
  const identity = await wantedIdentity(options);
  if (options.umask !== undefined) process.umask(options.umask);
  const log = openLog(options);
  const releases: (() => void)[] = [];
  // While the daemon is loaded, too: by default the signal would end the process.
  if (log.file !== undefined) releases.push(reopenOnHangup(log.file));
  const release = (): void => {
    for (const each of releases.splice(0).reverse()) each();
  };
  // process.exit() and uncaught errors come by here.
  process.on("exit", release);
  try {
    const pidfile = await heldPidfile(options);
    if (pidfile !== undefined) releases.push(() => pidfile.release());
    if (options.profile !== undefined) {
      const { startProfile } = await import("./profile.ts");
      releases.push(startProfile(options.profile));
    }
    const become = (): void => becomeOwner(identity as Identity, log, pidfile);
    return await use({ log, identity: identity && { ...identity, become }, release });
  } finally {
    release();
    process.off("exit", release);
  }
}

async function wantedIdentity(options: RunOptions): Promise<Identity | undefined> {
  if (options.uid === undefined && options.gid === undefined) return undefined;
  return (await import("./identity.ts")).identityOf(options);
}

async function heldPidfile({ pidfile }: RunOptions): Promise<Pidfile | undefined> {
  // That of a fleet has the number of its first process.
  if (pidfile === undefined || memberId() !== undefined) return undefined;
  const { Pidfile: Held } = await import("./pidfile.ts");
  return new Held(pidfile);
}

/** The files that it will open or remove later become its own before. */
function becomeOwner(identity: Identity, log: CommandLog, pidfile: Pidfile | undefined): void {
  const { uid, gid } = identity;
  log.file?.giveTo(uid, gid);
  pidfile?.giveTo(uid, gid);
  identity.become();
}
