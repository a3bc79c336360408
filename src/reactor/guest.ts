/**
 * Guest mode: a reactor whose loop is somebody else's, who has it make one turn at a time. For the
 * frames of a page, the loop of a game or a window toolkit, another reactor, or a test that turns
 * by hand.
 *
 * ```ts
 * import { createReactor, guest } from "skein/reactor";
 *
 * let frame = 0; // a page would say: seconds: () => performance.now() / 1000
 * const reactor = createReactor(guest({ seconds: () => frame / 60 }));
 * const stopped = reactor.run();
 * reactor.callLater(0.5, () => {
 *   console.log(`frame ${frame}`); // → frame 30
 *   reactor.stop();
 * });
 *
 * while (reactor.nextTurn() < Infinity) {
 *   reactor.iterate(); // a page would then say: requestAnimationFrame(…)
 *   frame += 1;
 * }
 * await stopped;
 * ```
 */
import { BadOptionError } from "../core/errors.ts";
import { succeed } from "../defer/fired.ts";
import type { Backend, Driver, Loop, Opened } from "./backend.ts";
import type { Capability } from "./capabilities.ts";

/** Who turns a guest's loop. */
export interface Host {
  /** A clock that never goes back, in seconds: the guest's time. */
  seconds(): number;
  /**
   * For a host that would rather sleep than ask: told when the guest next wants `iterate()`, which
   * may be at once (-Infinity). What it is told replaces what it was told before. It must not call
   * `iterate()` from inside.
   */
  wakeAt?(when: number): void;
}

/**
 * A backend whose time and turns come from `host`. All else comes from `inner`, which only lacks
 * its loop: `guest(host, backends.libuv)` has the sockets and threads of Node, whose events still
 * come when Node delivers them. Nothing keeps the process alive: that is the host's affair.
 *
 * Promises and Deferreds that are awaited go on when the host gives microtasks a chance; a host
 * that makes turn after turn without one also has failures reported that are about to be handled.
 *
 * @throws BadOptionError for an `inner` with a clock of its own that is to be driven: many
 *   reactors in one virtual time are reactors of one `ClockWorld`.
 */
export function guest<C extends Capability = never, O extends object = object>(
  host: Host,
  inner?: Backend<C, O>,
): Backend<C | "guest", O> {
  const own: readonly Capability[] = inner?.capabilities ?? [];
  if (own.includes("clock")) {
    throw new BadOptionError(`"${inner?.name}" has a time of its own: it cannot be a guest's`);
  }
  return {
    name: inner === undefined ? "guest" : `guest ${inner.name}`,
    summary: "turned from outside",
    capabilities: [...(own as readonly C[]), "guest"],
    open: (loop, options) => {
      const opened = inner?.open(loop, options);
      const provided = own.map((capability) => [capability, opened?.[capability as C]]);
      const driver = openGuest(loop, host, opened);
      return { ...driver, ...Object.fromEntries(provided) } as Opened<C | "guest">;
    },
  };
}

function openGuest(loop: Loop, host: Host, inner: Driver | undefined): Opened<"guest"> {
  return {
    guest: { iterate: () => loop.turn(), nextTurn: () => loop.nextWake() },
    seconds: () => host.seconds(),
    wallSeconds: () => inner?.wallSeconds?.() ?? host.seconds(),
    wakeAt: (when) => host.wakeAt?.(when),
    started: () => {},
    sleep: () => inner?.sleep(),
    disconnectAll: () => inner?.disconnectAll?.() ?? succeed(undefined),
  };
}
