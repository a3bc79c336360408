/** The names of the simulated world, by script. */
import { BadOptionError } from "../../../core/errors.ts";
import { canonicalIP, isIP } from "../../../core/ip-address.ts";
import { Deferred } from "../../../defer/deferred.ts";
import { familyOf, type NameDriver, unknownHost } from "../../name-lookups.ts";
import type { IPFamily, ResolvedAddress, SimulatedAnswer, SimulatedName } from "../../names.ts";
import type { TimerQueue } from "../../timer-queue.ts";

const TTL_SECONDS = 60;
/** Known without a script, as every system knows it. */
const LOCALHOST = { localhost: ["127.0.0.1", "::1"] };

interface Parts {
  readonly happenings: TimerQueue;
  readonly trace: (event: string) => void;
  readonly names: Readonly<Record<string, SimulatedName>>;
}

/** An answer, with all that may be left out. */
type Answer = Required<SimulatedAnswer>;

export class ScriptedNames implements NameDriver {
  readonly #happenings: TimerQueue;
  readonly #trace: (event: string) => void;
  /** By name, each in the order of time. */
  readonly #answers = new Map<string, readonly Answer[]>();

  /** @throws BadOptionError for what is no address, and times that cannot be. */
  constructor({ happenings, trace, names }: Parts) {
    this.#happenings = happenings;
    this.#trace = trace;
    for (const [name, script] of Object.entries({ ...LOCALHOST, ...names })) {
      this.#answers.set(name.toLowerCase().replace(/\.$/, ""), answersIn(name, script));
    }
  }

  lookup(name: string, family: IPFamily | undefined): Deferred<readonly ResolvedAddress[]> {
    const now = this.#happenings.now();
    // What was true when it was asked.
    const answer = this.#answers
      .get(name)
      ?.filter(({ from }) => from <= now)
      .at(-1);
    const delay = answer?.delay ?? 0;
    if (delay === Infinity) {
      this.#trace(`asked about ${name}, in vain`);
      return new Deferred();
    }
    const looked = new Deferred<readonly ResolvedAddress[]>(() => happening.cancel());
    const happening = this.#happenings.add(delay, () => {
      const addresses = (answer?.addresses ?? [])
        .map((address) => ({ address, family: familyOf(address), ttl: answer?.ttl }))
        .filter((found) => family === undefined || found.family === family);
      if (addresses.length > 0 && answer?.failing !== true) {
        this.#trace(`${name} is ${addresses.map(({ address }) => address).join(", ")}`);
        looked.callback(addresses);
        return;
      }
      const temporary = answer?.failing === true;
      this.#trace(`${name} is ${temporary ? "not to be found out" : "unknown"}`);
      looked.errback(unknownHost(name, family, { temporary }));
    });
    return looked;
  }
}

function answersIn(name: string, script: SimulatedName): readonly Answer[] {
  const answers = isAnswers(script) ? script : [answerIn(script)];
  return answers
    .map(({ addresses = [], ttl = TTL_SECONDS, delay = 0, failing = false, from = 0 }) => {
      for (const address of addresses) {
        if (!isIP(address)) {
          throw new BadOptionError(`the name "${name}": "${address}" is not an IP address`);
        }
      }
      for (const [what, seconds] of Object.entries({ ttl, delay, from })) {
        if (!(seconds >= 0)) {
          throw new BadOptionError(`the name "${name}": ${what} is in seconds, not ${seconds}`);
        }
      }
      return { addresses: addresses.map(canonicalIP), ttl, delay, failing, from };
    })
    .sort((a, b) => a.from - b.from);
}

function isAnswers(script: SimulatedName): script is readonly SimulatedAnswer[] {
  return Array.isArray(script) && typeof script[0] === "object";
}

function answerIn(script: Exclude<SimulatedName, readonly SimulatedAnswer[]>): SimulatedAnswer {
  if (typeof script === "string") return { addresses: [script] };
  return "length" in script ? { addresses: script } : script;
}
