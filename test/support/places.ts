/** Where wild connections may be let loose. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type backends, createReactor, type ReactorOn } from "skein/reactor";
import { certificates } from "./certificates.ts";
import type { Place } from "./rampage.ts";

export function onClock(): Place {
  const { server, trustRoot, simulated } = certificates();
  return {
    open: (onError, random) =>
      createReactor("clock", {
        onError,
        certificates: simulated,
        latency: random.chance(0.5) ? 0 : random.below(20) / 1000,
      }),
    pass: async (reactor, seconds) => {
      await (reactor as ReactorOn<typeof backends.clock>).advance(seconds);
    },
    certificate: server,
    trustRoot,
    name: (number) => `\0wild-${number}`,
  };
}

export function onLibuv(): Place {
  const { server, trustRoot } = certificates();
  return {
    open: (onError) => createReactor("libuv", { onError }),
    start: (reactor) => {
      reactor.run();
    },
    pass: (_reactor, seconds) => sleep(seconds * 1000),
    certificate: server,
    trustRoot,
    name: (number) => join(tmpdir(), `skein-wild-${process.pid}-${number}`),
  };
}
