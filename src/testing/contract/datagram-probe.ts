import type { Deferred } from "../../defer/deferred.ts";
import type { Failure } from "../../defer/failure.ts";
import { DatagramProtocol } from "../../protocols/datagram-protocol.ts";
import type { ListenUDPOptions } from "../../reactor/capabilities.ts";
import type { DatagramTransport, UDPAddress } from "../../reactor/datagrams.ts";
import type { World } from "./world.ts";

export const HOST = "127.0.0.1";

const decoder = new TextDecoder();

/** A datagram protocol that logs its life, and remembers what it received. */
export class DatagramProbe<
  T extends DatagramTransport = DatagramTransport,
> extends DatagramProtocol<T> {
  /** `start`, `data TEXT`, `refused`, `stop`: the calls it got. */
  readonly life: string[] = [];
  readonly received: string[] = [];
  readonly senders: UDPAddress[] = [];
  /** What to do in each of its calls. */
  onStart: (probe: this) => void = () => {};
  onData: (probe: this, text: string, from: UDPAddress) => void = () => {};
  onRefused: (probe: this) => void = () => {};
  onStop: (probe: this) => void = () => {};

  get port(): number {
    return this.transport.getHost().port;
  }

  get stopped(): boolean {
    return this.life.at(-1) === "stop";
  }

  /** Sends to another probe. */
  tell(other: DatagramProbe, data: string | Uint8Array): boolean {
    return this.transport.write(data, other.transport.getHost());
  }

  override startProtocol(): void {
    this.life.push("start");
    this.onStart(this);
  }

  override datagramReceived(data: Uint8Array, from: UDPAddress): void {
    const text = decoder.decode(data);
    this.life.push(`data ${text.length > 20 ? data.length : text}`);
    this.received.push(text);
    this.senders.push(from);
    this.onData(this, text, from);
  }

  override connectionRefused(): void {
    // How many of several are told is the system's affair.
    if (this.life.at(-1) !== "refused") this.life.push("refused");
    this.onRefused(this);
  }

  override stopProtocol(): void {
    this.life.push("stop");
    this.onStop(this);
  }
}

/** A probe whose port is open, on the loopback interface unless told otherwise. */
export async function openProbe(
  world: World<"udp">,
  prepare: (probe: DatagramProbe) => void = () => {},
  options: ListenUDPOptions = {},
): Promise<DatagramProbe> {
  const probe = new DatagramProbe();
  prepare(probe);
  const opening = world.reactor.listenUDP(0, probe, { interface: HOST, ...options });
  const transport = await outcome(world, opening);
  if (transport !== probe.transport) throw new Error("the port is not the protocol's transport");
  return probe;
}

/** Waits, in the world's time, for a Deferred; rejects with its failure. */
export async function outcome<T>(world: World, deferred: Deferred<T>): Promise<T> {
  let result: { value: T } | undefined;
  let failure: Failure | undefined;
  deferred.addCallbacks(
    (value) => {
      result = { value };
    },
    (reason: Failure) => {
      failure = reason;
    },
  );
  await world.until("the Deferred fires", () => result !== undefined || failure !== undefined);
  if (failure !== undefined) throw failure.value;
  return (result as { value: T }).value;
}

/** The error that it fails with, in the world's time. */
export async function failing(world: World, deferred: Deferred<unknown>): Promise<unknown> {
  try {
    await outcome(world, deferred);
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}
