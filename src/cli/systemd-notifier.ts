import { messageOf } from "../core/errors.ts";
import type { Deferred } from "../defer/deferred.ts";
import { DeferredLock } from "../defer/deferred-lock.ts";
import { getProcessOutputAndValue } from "../protocols/process-output.ts";
import type { DelayedCall, Reactor } from "../reactor/capabilities.ts";
import type { Attendant } from "./attend.ts";

const COMMAND = "systemd-notify";
/** A message that takes longer is given up: the next ones wait for it. */
const MESSAGE_SECONDS = 10;

/** What systemd tells a service by its environment. */
export interface NotifyEnvironment {
  readonly NOTIFY_SOCKET?: string | undefined;
  readonly WATCHDOG_USEC?: string | undefined;
  readonly WATCHDOG_PID?: string | undefined;
}

/** The service's process, and where it says that systemd cannot be told. */
export interface NotifierOptions {
  readonly pid: number;
  readonly environment: NotifyEnvironment;
  readonly say: (what: string) => void;
}

/**
 * Tells systemd of a service of `Type=notify` that it is ready, restarts, stops, and, where the
 * unit has a `WatchdogSec`, that its loop still turns: twice in that time.
 *
 * What systemd listens on is a UNIX socket of datagrams, which Node cannot send to. So each message
 * is one run of systemd's own program, `systemd-notify`; the unit needs `NotifyAccess=all`, as it
 * is not the service's own process that speaks. Messages go one after another, in order.
 *
 * Where the program cannot be run, or fails, that is said once, and the daemon goes on.
 */
export class SystemdNotifier implements Attendant {
  readonly #reactor: Reactor<"process">;
  readonly #options: NotifierOptions;
  /** One message at a time. */
  readonly #lock = new DeferredLock();
  #complained = false;
  #watchdog: DelayedCall | undefined = undefined;
  #pinging = false;

  constructor(reactor: Reactor<"process">, options: NotifierOptions) {
    this.#reactor = reactor;
    this.#options = options;
  }

  started(): void {
    void this.#send("READY=1", "STATUS=running", `MAINPID=${this.#options.pid}`);
    if (this.#watchdog === undefined) this.#watch();
  }

  restarting(): void {
    void this.#send("RELOADING=1", "STATUS=restarting, one process after another");
  }

  stopping(): Deferred<unknown> {
    if (this.#watchdog?.active === true) this.#watchdog.cancel();
    return this.#send("STOPPING=1", "STATUS=stopping");
  }

  /** Half of the time that systemd waits; undefined if it does not watch this process. */
  get watchdogSeconds(): number | undefined {
    const { pid, environment } = this.#options;
    const { WATCHDOG_USEC = "", WATCHDOG_PID = String(pid) } = environment;
    const micros = Number(WATCHDOG_USEC);
    if (!(micros > 0 && micros < Infinity) || WATCHDOG_PID !== String(pid)) return undefined;
    return micros / 2 / 1e6;
  }

  #watch(): void {
    const seconds = this.watchdogSeconds;
    if (seconds === undefined) return;
    this.#watchdog = this.#reactor.callLater(seconds, () => {
      this.#watch();
      // Who is slow to take one does not get them by the dozen.
      if (this.#pinging) return;
      this.#pinging = true;
      void this.#send("WATCHDOG=1").addCallback(() => (this.#pinging = false));
    });
  }

  /** Fires when it was sent, or could not be. */
  #send(...assignments: readonly string[]): Deferred<unknown> {
    const { NOTIFY_SOCKET } = this.#options.environment;
    const options = { args: assignments, env: { ...process.env, NOTIFY_SOCKET } };
    return this.#lock.run(() =>
      getProcessOutputAndValue(this.#reactor, COMMAND, options)
        .addTimeout(MESSAGE_SECONDS, this.#reactor)
        .addCallbacks(
          ({ exitCode, signal, errors }) => {
            if (exitCode === 0) return;
            const why = new TextDecoder().decode(errors).trim();
            this.#complain(why || `it has ended with ${signal ?? `status ${exitCode}`}`);
          },
          (failure) => this.#complain(messageOf(failure.value)),
        ),
    );
  }

  #complain(why: string): void {
    if (this.#complained) return;
    this.#complained = true;
    this.#options.say(
      `systemd cannot be told how the daemon fares, by ${COMMAND}: ${why}; ` +
        "install it, or have Type=exec in the unit",
    );
  }
}
