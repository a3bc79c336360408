import { chownSync } from "node:fs";
import { processStatistics } from "../../application/process-statistics.ts";
import { succeed } from "../../defer/fired.ts";
import { shield } from "../../defer/shield.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import { hasCapability } from "../../reactor/internals.ts";
import type { Attendant, Report } from "../attend.ts";
import { UsageError } from "../usage-error.ts";
import { controlPathOf } from "./control-path.ts";
import { serveControl } from "./control-server.ts";

/**
 * Serves `--control`, at a path, or at the one that is found by the process' number.
 *
 * @param report asks all processes of a fleet; this one unless given. @throws UsageError
 */
export function attendControl(
  reactor: Reactor,
  control: string,
  fail: (error: unknown) => void,
  report?: Report,
): Attendant {
  if (hasCapability(reactor, "clock") || !hasCapability(reactor, "unix")) {
    throw new UsageError(
      `--control needs real sockets: the backend ${reactor.backend} has none; use libuv`,
    );
  }
  const path = control === "auto" ? controlPathOf(process.pid) : control;
  let ready = false;
  const reportThis: Report = () =>
    succeed([{ id: 1, pid: process.pid, ready, statistics: processStatistics(reactor) }]);
  const served = serveControl(reactor as Reactor<"unix">, path, report ?? reportThis)
    .addCallback(() => true)
    .addErrback(({ value }) => {
      fail(value);
      return false;
    });
  return {
    // The one who becomes it may not be allowed to open it, but is to look.
    async becoming({ uid, gid }) {
      if (await shield(served)) chownSync(path, uid, gid);
    },
    started() {
      // Where nobody has chosen a path, nobody knows what to look for.
      if (control === "auto" && !ready) {
        console.error(`reactor: how it fares: reactor top ${process.pid}`);
      }
      ready = true;
    },
  };
}
