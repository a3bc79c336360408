/** What a process of a fleet does for the first one, which supervises it. */
import cluster from "node:cluster";
import { processStatistics } from "../../application/process-statistics.ts";
import { Deferred } from "../../defer/deferred.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import { drain, loopOf } from "../../reactor/internals.ts";
import { stopIfRunning } from "../../reactor/stop-if-running.ts";
import type { Attendant } from "../attend.ts";
import { isOurs, type Notice, type Order } from "./messages.ts";

/** Obeys the first process, and tells it when the daemon has started. */
export function serveFleet(reactor: Reactor): Attendant {
  // What comes while the daemon is loaded is for when it runs.
  const stop = (): void => reactor.callWhenRunning(() => stopIfRunning(reactor));
  const obey = (message: unknown): void => {
    if (isOurs(message)) heard(message as Order);
  };
  const heard = (order: Order): void => {
    switch (order.skein) {
      case "retire":
        // With the daemon's own: it may have to tell its peers, so that they go.
        reactor.addSystemEventTrigger("before", "shutdown", () =>
          drain(reactor, loopOf(reactor).drainSeconds),
        );
        stop();
        return;
      case "stop":
        stop();
        return;
      case "turn":
        say({ skein: "turns" });
        return;
      case "report": {
        const { asked } = order;
        say({ skein: "statistics", asked, statistics: processStatistics(reactor) });
      }
    }
  };
  process.on("message", obey);
  return {
    started: () => say({ skein: "ready" }),
    over: () => {
      process.off("message", obey);
      return leave();
    },
  };
}

function say(notice: Notice): void {
  // The first process may be gone: then node:cluster ends this one.
  if (process.connected) process.send?.(notice, undefined, undefined, () => {});
}

/**
 * Connections that the first process was handing over come back to it by this, and go to others:
 * without, they would end with this process.
 */
function leave(): Deferred<void> {
  const left = new Deferred<void>();
  if (cluster.worker?.isConnected() !== true) left.callback();
  else cluster.worker.once("disconnect", () => left.callback()).disconnect();
  return left;
}
