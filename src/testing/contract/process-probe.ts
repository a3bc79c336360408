import type { Deferred } from "../../defer/deferred.ts";
import type { Failure } from "../../defer/failure.ts";
import { ProcessProtocol } from "../../protocols/process-protocol.ts";
import type { ProcessScript } from "../../reactor/process-script.ts";
import type { ProcessTransport, SpawnOptions } from "../../reactor/processes.ts";
import { outcome } from "./datagram-probe.ts";
import type { World } from "./world.ts";

/** A program in both of its forms: for the system's shell, and for virtual time. */
export interface Program {
  /** What `sh -c` runs; `$0` and on are the arguments. */
  readonly shell: string;
  readonly script: ProcessScript;
}

/** A process protocol that logs its life, and remembers what it received. */
export class ProcessProbe extends ProcessProtocol {
  /** `made`, `exited REASON`, `ended REASON`: the calls it got, but for those about pipes. */
  readonly life: string[] = [];
  /** `FD REASON`, in the order of the descriptors: that of the calls means nothing. */
  readonly pipes: string[] = [];
  readonly received: Map<number, string> = new Map<number, string>();
  /** Calls after the last one. */
  late = 0;
  reason: Failure | undefined;
  /** What to do in each of its calls. */
  onMade: (probe: ProcessProbe) => void = () => {};
  onData: (probe: ProcessProbe, childFD: number) => void = () => {};
  onPipeLost: (probe: ProcessProbe, childFD: number) => void = () => {};
  readonly #decoders = new Map<number, InstanceType<typeof TextDecoder>>();

  get ended(): boolean {
    return this.reason !== undefined;
  }

  get out(): string {
    return this.received.get(1) ?? "";
  }

  override connectionMade(): void {
    this.life.push("made");
    this.onMade(this);
  }

  override childDataReceived(childFD: number, data: Uint8Array): void {
    if (this.ended) this.late++;
    const decoder = this.#decoders.get(childFD) ?? new TextDecoder();
    this.#decoders.set(childFD, decoder);
    const before = this.received.get(childFD) ?? "";
    this.received.set(childFD, before + decoder.decode(data, { stream: true }));
    this.onData(this, childFD);
  }

  override childConnectionLost(childFD: number, reason: Failure): void {
    if (this.ended) this.late++;
    this.pipes.push(`${childFD} ${(reason.value as Error).name}`);
    this.pipes.sort();
    this.onPipeLost(this, childFD);
  }

  override processExited(reason: Failure): void {
    if (this.ended) this.late++;
    this.life.push(`exited ${describe(reason)}`);
  }

  override processEnded(reason: Failure): void {
    if (this.ended) this.late++;
    this.life.push(`ended ${describe(reason)}`);
    this.reason = reason;
  }
}

function describe({ value }: Failure): string {
  const { name, exitCode, signal } = value as Error & { exitCode?: number; signal?: string };
  return `${name} ${exitCode ?? signal}`;
}

/** Starts a program of a case. */
export function spawn(
  world: World<"process">,
  probe: ProcessProbe,
  program: string,
  programs: Readonly<Record<string, Program>>,
  { args = [], ...options }: SpawnOptions = {},
): Deferred<ProcessTransport> {
  const shell = programs[program]?.shell ?? "";
  return world.virtual
    ? world.reactor.spawnProcess(probe, program, { ...options, args })
    : world.reactor.spawnProcess(probe, "sh", { ...options, args: ["-c", shell, ...args] });
}

/** A probe whose process runs. */
export async function running(
  world: World<"process">,
  program: string,
  programs: Readonly<Record<string, Program>>,
  prepare: (probe: ProcessProbe) => void = () => {},
  options: SpawnOptions = {},
): Promise<ProcessProbe> {
  const probe = new ProcessProbe();
  prepare(probe);
  world.watch(probe.life);
  world.watch(probe.pipes);
  const transport = await outcome(world, spawn(world, probe, program, programs, options));
  if (transport !== probe.transport) throw new Error("it is not the protocol's transport");
  return probe;
}

/** What the reactors of cases about processes are made with: `clock` takes the programs. */
export function withPrograms(programs: Readonly<Record<string, Program>>): object {
  const processes: Record<string, ProcessScript> = {};
  for (const [name, { script }] of Object.entries(programs)) processes[name] = script;
  return { processes };
}
