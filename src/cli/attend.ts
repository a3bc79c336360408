/** Those who want to know how the command's daemon fares, beside the one who has started it. */
import type { Deferred } from "../defer/deferred.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import type { MemberReport } from "./fleet/report-all.ts";
import type { Identity } from "./identity.ts";
import { hasCapability } from "../reactor/internals.ts";
import { memberId } from "./fleet/membership.ts";
import type { RunOptions } from "./options.ts";
import type { NotifyEnvironment } from "./systemd-notifier.ts";

/** One of them. */
export interface Attendant {
  /** The daemon has started; or all of its processes have, also after a restart. */
  started?(): void;
  /** The process is about to become another user, which waits for this. */
  becoming?(user: Pick<Identity, "uid" | "gid">): PromiseLike<unknown>;
  /** The processes of the daemon are restarted. */
  restarting?(): void;
  /** It is about to stop, which waits for this. */
  stopping?(): PromiseLike<unknown>;
  /** It has stopped, and the process is about to end, which waits for this. */
  over?(): PromiseLike<unknown>;
}

/** Asks all processes of a daemon how they fare. */
export type Report = () => Deferred<readonly MemberReport[]>;

/**
 * All of those of a daemon in this process, as one.
 *
 * @param fail told when one of them cannot do its work, so that the daemon is to stop.
 */
export async function attend(
  reactor: Reactor,
  options: RunOptions,
  fail: (error: unknown) => void,
): Promise<Required<Pick<Attendant, "started" | "becoming" | "over">>> {
  const all = await attendantsOf(reactor, options, fail);
  reactor.addSystemEventTrigger("before", "shutdown", () => {
    return Promise.all(all.flatMap((attendant) => attendant.stopping?.() ?? []));
  });
  return {
    started() {
      for (const attendant of all) attendant.started?.();
    },
    async becoming(user) {
      for (const attendant of all) await attendant.becoming?.(user);
    },
    async over() {
      for (const attendant of all) await attendant.over?.();
    },
  };
}

/** Each is loaded only where somebody wants it. */
async function attendantsOf(
  reactor: Reactor,
  options: RunOptions,
  fail: (error: unknown) => void,
): Promise<readonly Attendant[]> {
  if (memberId() === undefined) return attendFirst(reactor, options, fail);
  const { serveFleet } = await import("./fleet/in-fleet.ts");
  return [serveFleet(reactor)];
}

/** Those of the process that was started by the user. */
export async function attendFirst(
  reactor: Reactor,
  { control }: RunOptions,
  fail: (error: unknown) => void,
  report?: Report,
): Promise<readonly Attendant[]> {
  const attendants: Attendant[] = [];
  if (control !== undefined) {
    const { attendControl } = await import("./control/attend-control.ts");
    attendants.push(attendControl(reactor, control, fail, report));
  }
  const environment = takeNotifyEnvironment();
  // Systemd keeps real time.
  const isReal = !hasCapability(reactor, "clock") && hasCapability(reactor, "process");
  if (environment.NOTIFY_SOCKET !== undefined && isReal) {
    const { SystemdNotifier } = await import("./systemd-notifier.ts");
    const { pid } = process;
    attendants.push(new SystemdNotifier(reactor as Reactor<"process">, { pid, environment, say }));
  }
  return attendants;
}

/** What this process starts shall not speak to systemd in its name. */
function takeNotifyEnvironment(): NotifyEnvironment {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = process.env;
  for (const name of ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]) delete process.env[name];
  return { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID };
}

function say(what: string): void {
  console.error(`reactor: ${what}`);
}
