/**
 * Libraries of npm over the bridge: each scenario runs on `libuv` and on `clock`, where it opens no
 * socket and leaves the same trace every time.
 */
import { createHook } from "node:async_hooks";
import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { expect } from "chai";
import { createReactor, type Reactor, type ReactorOptions, type TraceEvent } from "skein/reactor";
import { replaceWebCrypto } from "./instant-webcrypto.ts";
import { replaceTimers } from "./replace-timers.ts";
import { seed, unseed } from "./seeded-bytes.ts";

/** A program; gives what it has seen, which must be the same on both backends. */
export type Scenario = (reactor: Reactor<"tcp">) => Promise<readonly string[]>;

/** How Node calls what a simulation must not open: sockets, servers, and looking up names. */
const REAL = /^(TCP|UDP|PIPE|GETADDRINFO|GETNAMEINFO|QUERY)/;
/** In one process; scripts/bridge-traces.mjs compares processes. */
const RUNS = 3;

export interface BridgedOptions {
  /** Its bytes and their number differ from run to run: the trace is compared without them. */
  readonly encrypted?: boolean;
  /** Its own timers are part of what it does: in simulations they are the reactor's. */
  readonly timers?: boolean;
  /** It uses WebCrypto, which is work of threads: in simulations it is done at once. */
  readonly webCrypto?: boolean;
  /** It makes faults that only the simulated network has: there is no run on libuv. */
  readonly simulatedOnly?: boolean;
}

export interface SimulatedRun {
  readonly seen: readonly string[];
  /** Of all that happened on the simulated network, and when. */
  readonly hash: string;
  /** What was opened in reality. */
  readonly real: readonly string[];
}

export async function simulate(
  scenario: Scenario,
  { encrypted = false, timers = false, webCrypto = false }: BridgedOptions = {},
): Promise<SimulatedRun> {
  seed();
  const hash = createHash("sha256");
  const real: string[] = [];
  const hook = createHook({
    init(_id, type) {
      if (REAL.test(type)) real.push(type);
    },
  }).enable();
  const trace = ({ at, event }: TraceEvent): void => {
    hash.update(`${at} ${encrypted ? event.replace(/^data \d+ #\w+/, "data") : event}\n`);
  };
  let restore = (): void => {};
  const restoreWebCrypto = webCrypto ? replaceWebCrypto() : undefined;
  const create = (own: ReactorOptions): Reactor<"tcp"> => {
    const reactor = createReactor("clock", { latency: 0.01, trace, ...own });
    if (timers) restore = replaceTimers(reactor);
    return reactor;
  };
  try {
    const seen = await run(create, scenario);
    return { seen, hash: hash.digest("hex"), real };
  } finally {
    restore();
    restoreWebCrypto?.();
    hook.disable();
    unseed();
  }
}

/** Two tests: on sockets, and on virtual time. */
export function bridged(
  title: string,
  scenario: Scenario,
  expected: readonly string[],
  options: BridgedOptions = {},
): void {
  if (options.simulatedOnly !== true) {
    it(`${title} (libuv)`, async () => {
      expect(await run((own) => createReactor("libuv", own), scenario)).to.deep.equal(expected);
    });
  }

  it(`${title} (clock)`, async function () {
    const first = await simulate(scenario, options);
    const file = process.env.SKEIN_BRIDGE_TRACES;
    if (file !== undefined) appendFileSync(file, `${first.hash}\t${this.test?.fullTitle()}\n`);
    expect(first.seen).to.deep.equal(expected);
    expect(first.real).to.deep.equal([]);
    for (let more = 1; more < RUNS; more++) {
      expect((await simulate(scenario, options)).hash).to.equal(first.hash);
    }
  });
}

/** An error that nobody has handled fails the scenario. */
async function run(
  create: (options: ReactorOptions) => Reactor<"tcp">,
  scenario: Scenario,
): Promise<readonly string[]> {
  const errors: unknown[] = [];
  const reactor = create({ onError: (error) => errors.push(error) });
  const stopped = reactor.run();
  try {
    const seen = await Promise.race([
      scenario(reactor),
      // On virtual time a run ends by itself when nothing is left to happen.
      stopped.then((): never => {
        throw new Error("the reactor stopped before the program");
      }),
    ]);
    expect(errors).to.deep.equal([]);
    return seen;
  } finally {
    if (reactor.running) reactor.stop();
    await stopped;
  }
}
