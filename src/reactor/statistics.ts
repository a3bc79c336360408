import type { ReactorCore, ReactorTime } from "./capabilities.ts";
import { readGauges } from "./gauges.ts";
import { countOpen, trafficOf } from "./internals.ts";
import type { Traffic } from "./traffic.ts";

/** How a reactor fares, in numbers. */
export interface ReactorStatistics extends Traffic {
  /** When it was asked, by the reactor's clock. */
  readonly seconds: number;
  readonly running: boolean;
  /** How many things are open, or wait, by their kinds, which are those of `inspect()`. */
  readonly open: Readonly<Record<string, number>>;
  /** What parts of the daemon say of themselves, by `addGauges`; pools of threads do. */
  readonly gauges: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Counts what a reactor has open, and what it has moved: a picture, which does not change
 * afterwards. On virtual time, equal programs have equal statistics.
 *
 * ```ts
 * import { Factory, Protocol } from "skein/protocols";
 * import { createReactor, statisticsOf } from "skein/reactor";
 *
 * const reactor = createReactor("clock");
 * await Promise.all([
 *   reactor.listenTCP(7000, Factory.forProtocol(Protocol)),
 *   reactor.advance(0),
 * ]);
 * reactor.callLater(60, () => {});
 * const { open, bytesReceived } = statisticsOf(reactor);
 * console.log(open, bytesReceived); // → { port: 1, 'delayed call': 1 } 0
 * ```
 *
 * It costs time in proportion to what is open; nothing is counted while nobody asks, but for the
 * bytes, by the system. Backends of another make may count none.
 */
export function statisticsOf(reactor: ReactorCore & ReactorTime): ReactorStatistics {
  const open = [...countOpen(reactor)].filter(([, count]) => count > 0);
  return Object.freeze({
    seconds: reactor.seconds(),
    running: reactor.running,
    open: Object.freeze(Object.fromEntries(open)),
    ...trafficOf(reactor),
    gauges: Object.freeze(readGauges(reactor)),
  });
}
