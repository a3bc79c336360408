/**
 * Libraries of npm over the bridge: each scenario runs on `libuv` and on `clock`, where it opens no
 * socket and leaves the same trace every time.
 */
import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { expect } from "chai";
import { createReactor, type Reactor, type ReactorOptions, type TraceEvent } from "skein/reactor";
import {
  hookGlobals,
  installVirtualGlobals,
  type LeakKind,
  type VirtualGlobals,
  VirtualLeakError,
} from "skein/virtual/api";
import { replaceWebCrypto } from "./instant-webcrypto.ts";
import { setImmediate } from "./real-functions.ts";

// Libraries are loaded after this: they take functions of Node's then.
hookGlobals();

/** A program; gives what it has seen, which must be the same on both backends. */
export type Scenario = (reactor: Reactor<"tcp">) => Promise<readonly string[]>;

/** In one process; scripts/bridge-traces.mjs compares processes. */
const RUNS = 3;

export interface BridgedOptions {
  /** Its bytes and their number differ from run to run: the trace is compared without them. */
  readonly encrypted?: boolean;
  /** What it uses of the real world all the same. */
  readonly allow?: readonly LeakKind[];
  /** It uses WebCrypto, which is work of threads: in simulations it is done at once. */
  readonly webCrypto?: boolean;
  /** It makes faults that only the simulated network has: there is no run on libuv. */
  readonly simulatedOnly?: boolean;
}

export interface SimulatedRun {
  readonly seen: readonly string[];
  /** Of all that happened on the simulated network, and when. */
  readonly hash: string;
  /** What was used of the real world: kinds of leaks. */
  readonly real: readonly string[];
}

export async function simulate(
  scenario: Scenario,
  { encrypted = false, webCrypto = false, allow = [] }: BridgedOptions = {},
): Promise<SimulatedRun> {
  const hash = createHash("sha256");
  const trace = ({ at, event }: TraceEvent): void => {
    hash.update(`${at} ${encrypted ? event.replace(/^data \d+ #\w+/, "data") : event}\n`);
  };
  let globals: VirtualGlobals | undefined;
  const restoreWebCrypto = webCrypto ? replaceWebCrypto() : undefined;
  const create = (own: ReactorOptions): Reactor<"tcp"> => {
    const reactor = createReactor("clock", { latency: 0.01, trace, ...own });
    globals = installVirtualGlobals(reactor, { allow });
    return reactor;
  };
  try {
    const seen = await run(create, scenario);
    // The last sockets are closing: what is left of this run is no part of the next.
    await new Promise((resolve) => setImmediate(resolve));
    const real = globals?.leaks.map(({ kind }) => kind) ?? [];
    return { seen, hash: hash.digest("hex"), real };
  } finally {
    globals?.restore();
    restoreWebCrypto?.();
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
    // Leaks fail it: they are told by those who look for them.
    await stopped.addErrback((failure) => void failure.trap(VirtualLeakError));
  }
}
