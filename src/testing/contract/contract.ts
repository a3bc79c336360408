/**
 * The laws that every backend keeps, as cases that anyone can run against theirs.
 *
 * ```ts no-run
 * import { contractFor } from "skein/testing";
 * import { backends } from "skein/reactor";
 *
 * describe("my backend", () => {
 *   for (const { name, run } of contractFor(backends.timer)) it(name, run);
 * });
 * ```
 *
 * A case resolves with the log of what it saw, in order. Two backends that keep the contract give
 * the same log: that is how a daemon may be tested on one and run on the other.
 */
import type { AnyBackend } from "../../reactor/backend.ts";
import type { Capability } from "../../reactor/capabilities.ts";
import type { ReactorOptions } from "../../reactor/reactor.ts";
import { backlogCases, unixBacklogCases } from "./backlog-cases.ts";
import { pausingCases } from "./pausing-cases.ts";
import { processCases } from "./process-cases.ts";
import { processEndCases } from "./process-end-cases.ts";
import { closingCases } from "./closing-cases.ts";
import type { ContractCertificates } from "./certificates.ts";
import { coreCases } from "./core-cases.ts";
import { datagramCases } from "./datagram-cases.ts";
import { datagramLifeCases } from "./datagram-life-cases.ts";
import { multicastCases } from "./multicast-cases.ts";
import { faultCases, tlsFaultCases } from "./fault-cases.ts";
import { tcpCases } from "./tcp-cases.ts";
import { connectingCases } from "./connecting-cases.ts";
import { halfCloseCases } from "./half-close-cases.ts";
import { nameCases } from "./name-cases.ts";
import { producerCases } from "./producer-cases.ts";
import { pullCases } from "./pull-cases.ts";
import { setProtocolCases } from "./set-protocol-cases.ts";
import { throwingCases } from "./throwing-cases.ts";
import { timeCases } from "./time-cases.ts";
import { startTLSCases } from "./start-tls-cases.ts";
import { tlsCases } from "./tls-cases.ts";
import { unixCases } from "./unix-cases.ts";
import { openWorld, type World } from "./world.ts";

/** One law, tried out in a world of its own. */
export interface ContractCase<C extends Capability = Capability> {
  readonly name: string;
  /** What the backend must be capable of. */
  readonly needs: readonly C[];
  /** What its reactor is made with, beside the backend's own options. */
  readonly options?: ReactorOptions;
  readonly run: (world: World<C>) => Promise<void>;
}

/** A case, bound to a backend. */
export interface BoundCase {
  readonly name: string;
  /** Rejects when the law is broken; else resolves with what was seen. */
  readonly run: () => Promise<readonly string[]>;
}

const cases: readonly ContractCase[] = [
  ...coreCases,
  ...timeCases,
  ...tcpCases,
  ...connectingCases,
  ...backlogCases,
  ...pausingCases,
  ...producerCases,
  ...pullCases,
  ...halfCloseCases,
  ...setProtocolCases,
  ...closingCases,
  ...throwingCases,
  ...faultCases,
  ...unixCases,
  ...unixBacklogCases,
  ...datagramCases,
  ...datagramLifeCases,
  ...multicastCases,
  ...nameCases,
  ...processCases,
  ...processEndCases,
] as readonly ContractCase[];

/**
 * The cases for a backend: all those whose needs it meets.
 *
 * @param options the backend's own, for each of the reactors that the cases make.
 * @param certificates without them, the cases about TLS are left out.
 */
export function contractFor(
  backend: AnyBackend,
  options: object = {},
  certificates?: ContractCertificates,
): BoundCase[] {
  const able = backend.capabilities as readonly Capability[];
  const aboutTLS =
    certificates === undefined
      ? []
      : ([
          ...tlsCases(certificates),
          ...startTLSCases(certificates),
          ...tlsFaultCases(certificates),
        ] as readonly ContractCase[]);
  return [...cases, ...aboutTLS]
    .filter(({ needs }) => needs.every((capability) => able.includes(capability)))
    .map(({ name, run, options: ofCase }) => ({
      name,
      run: async () => {
        const world: World<Capability> = openWorld(backend, { ...options, ...ofCase });
        try {
          await run(world);
        } catch (error) {
          // What the case found counts for more than what it then left behind.
          await world.close().catch(() => {});
          throw error;
        }
        await world.close();
        return world.log;
      },
    }));
}
