/** Where wild connections may be let loose. */
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
