/** Where wild connections may be let loose. */
import { join } from "node:path";
import { type backends, createReactor, type ReactorOn } from "skein/reactor";
import { certificates } from "./certificates.ts";
import type { Place } from "./rampage.ts";

let places = 0;

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
    host: "127.0.0.1",
    name: (number) => `\0wild-${number}`,
  };
}

/** Real sockets of this machine, in real time: what happens depends on the seed, and on more. */
export function onLibuv(): Place {
  const { server, trustRoot, directory } = certificates();
  const place = places++;
  return {
    open: (onError) => createReactor("libuv", { onError }),
    start: (reactor) => void reactor.run(),
    pass: (_reactor, seconds) =>
      new Promise((resolve) => {
        setTimeout(resolve, seconds * 1000);
      }),
    certificate: server,
    trustRoot,
    host: addressOf(place),
    name: (number) => join(directory, `wild-${place}-${number}`),
  };
}

/**
 * An address of its own, where the system gives them all away: one who connects again to a port
 * that was closed could meet another place's server there.
 */
function addressOf(place: number): string {
  if (process.platform !== "linux") return "127.0.0.1";
  const { pid } = process;
  return `127.${1 + (place % 254)}.${(pid >> 8) & 0xff}.${pid & 0xff}`;
}
