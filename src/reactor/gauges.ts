/** Numbers that parts of a daemon show to those who look at it. */
import { BadOptionError } from "../core/errors.ts";
import type { ReactorCore } from "./capabilities.ts";

/** Reads some numbers, by their names; called when somebody looks, which may be never. */
export type ReadGauges = () => Readonly<Record<string, number>>;

/** By name; those of one name in the order in which they came. */
const known = new WeakMap<ReactorCore, Map<string, ReadGauges>>();

/**
 * Has `read` called whenever somebody looks at how the daemon fares: `reactor top`, metrics, or
 * {@link statisticsOf}. Returns the way to end that.
 *
 * ```ts
 * import { addGauges, createReactor, statisticsOf } from "skein/reactor";
 *
 * const reactor = createReactor("clock");
 * const guests = new Set(["Ada"]);
 * const remove = addGauges(reactor, "chat", () => ({ guests: guests.size }));
 * console.log(statisticsOf(reactor).gauges); // → { chat: { guests: 1 } }
 * remove();
 * console.log(statisticsOf(reactor).gauges); // → {}
 * ```
 *
 * Where a name is taken, a number is put behind it: "chat 2". What `read` throws is reported, and
 * it counts as having said nothing.
 *
 * @throws BadOptionError for an empty name.
 */
export function addGauges(reactor: ReactorCore, name: string, read: ReadGauges): () => void {
  if (name === "") throw new BadOptionError("gauges need a name");
  const gauges = known.get(reactor) ?? new Map<string, ReadGauges>();
  known.set(reactor, gauges);
  let free = name;
  for (let number = 2; gauges.has(free); number++) free = `${name} ${number}`;
  gauges.set(free, read);
  return () => {
    if (gauges.get(free) === read) gauges.delete(free);
  };
}

/** What all of them say at present. */
export function readGauges(reactor: ReactorCore): Record<string, Record<string, number>> {
  const said: Record<string, Record<string, number>> = {};
  for (const [name, read] of known.get(reactor) ?? []) {
    try {
      said[name] = { ...read() };
    } catch (error) {
      reactor.reportError(error, `reading the gauges of "${name}"`);
    }
  }
  return said;
}
