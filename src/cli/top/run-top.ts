/** `reactor top`: shows how a daemon fares, on a screen, as text, or as a page. */
import { parseOptions } from "../../application/command-line-options.ts";
import { Deferred } from "../../defer/deferred.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import { createReactor } from "../../reactor/index.ts";
import { visibleJSON } from "../../core/visible.ts";
import { stopIfRunning } from "../../reactor/stop-if-running.ts";
import { stopOnSignals } from "../../task/signals.ts";
import { FAILED, OK } from "../complain.ts";
import { watchControl } from "../control/control-client.ts";
import { controlPathOf } from "../control/control-path.ts";
import type { Snapshot } from "../control/snapshot.ts";
import { UsageError } from "../usage-error.ts";
import { screenOf } from "./screen.ts";
import { viewOf } from "./view.ts";

const DECLARED = {
  every: { type: "number", default: 1, help: "seconds from one picture to the next" },
  once: { type: "boolean", default: false, help: "print one picture, and end" },
  json: { type: "boolean", default: false, help: "as --once, but as JSON, and at once" },
  web: { type: "integer", default: -1, help: "a port of this machine to show it at, as a page" },
} as const;

/** Where to look, and how. */
export interface TopOptions {
  readonly path: string;
  readonly every: number;
  readonly manner: "once" | "json" | "screen" | { readonly port: number };
}

/** @throws UsageError, BadOptionError */
export function parseTop(args: readonly string[], isTerminal: boolean): TopOptions {
  const [where, ...rest] = args;
  if (where === undefined || where.startsWith("-")) {
    throw new UsageError(
      "reactor top needs the process id of a daemon, or the path of its control socket, before " +
        "its options: reactor top 1234 --once",
    );
  }
  const { every = 1, once = false, json = false, web } = parseOptions(DECLARED, rest);
  if (!(every >= 0.1 && every <= 3600)) {
    throw new UsageError(`--every needs seconds from 0.1 to 3600, not ${every}`);
  }
  if (web !== undefined && !(web >= 0 && web <= 65535)) {
    throw new UsageError(`--web needs a port, from 0 to 65535, not ${web}`);
  }
  const path = /^\d+$/.test(where) ? controlPathOf(Number(where)) : where;
  if (web !== undefined) return { path, every, manner: { port: web } };
  if (json) return { path, every, manner: "json" };
  return { path, every, manner: once || !isTerminal ? "once" : "screen" };
}

export async function run(args: readonly string[]): Promise<number> {
  const options = parseTop(args, process.stdout.isTTY);
  const reactor = createReactor("libuv");
  const signals = stopOnSignals(reactor, process);
  const stopped = reactor.run();
  let status = OK;
  const fail = (why: string): void => {
    console.error(`reactor: ${why.includes(options.path) ? "" : `${options.path}: `}${why}`);
    status = FAILED;
    stopIfRunning(reactor);
  };
  await show(reactor, options, fail);
  await stopped;
  const signal = signals.restore();
  if (status === OK && signal !== undefined) process.kill(process.pid, signal);
  return status;
}

async function show(
  reactor: Reactor<"unix" | "tcp" | "stdio">,
  options: TopOptions,
  fail: (why: string) => void,
): Promise<void> {
  const { path, every, manner } = options;
  if (manner === "screen") {
    const { showScreen } = await import("./live-screen.ts");
    showScreen(reactor, path, every, fail);
  } else if (typeof manner === "object") {
    const { servePage } = await import("./serve-page.ts");
    servePage(reactor, path, every, manner.port).addCallbacks(
      (port) => console.log(`reactor: http://127.0.0.1:${port.getHost().port}/`),
      ({ value }) => fail((value as Error).message),
    );
  } else {
    takeOne(reactor, path, every, manner === "once").addCallbacks(
      ([before, snapshot]) => {
        const text =
          manner === "json"
            ? visibleJSON(JSON.stringify(snapshot))
            : screenOf(path, viewOf(snapshot, before)).join("\n");
        console.log(text);
        stopIfRunning(reactor);
      },
      ({ value }) => fail(value as string),
    );
  }
}

/** Fires with a snapshot, and with the one before it where rates are wanted. */
function takeOne(
  reactor: Reactor<"unix">,
  path: string,
  every: number,
  rates: boolean,
): Deferred<readonly [Snapshot | undefined, Snapshot]> {
  const taken = new Deferred<readonly [Snapshot | undefined, Snapshot]>();
  let before: Snapshot | undefined;
  const stop = watchControl(reactor, path, every, {
    snapshot(snapshot) {
      if (rates && before === undefined) {
        before = snapshot;
        return;
      }
      stop();
      if (!taken.called) taken.callback([before, snapshot]);
    },
    ended: (why) => taken.errback(why),
  });
  return taken;
}
