import type { Deferred } from "../defer/deferred.ts";
import type { Loop } from "./backend.ts";
import { type NameDriver, Names } from "./name-lookups.ts";
import type { ProcessDriver } from "./process-driver.ts";
import { Processes } from "./spawning.ts";
import { Stdio, type StdioDriver } from "./stdio.ts";
import type { StreamDriver, StreamKind } from "./stream-driver.ts";
import { Streams } from "./streams.ts";
import type { Traffic } from "./traffic.ts";
import { type DatagramDriver, UDP } from "./udp.ts";

/** What a backend with a whole system around it can do. */
export const IO_CAPABILITIES = [
  "tcp",
  "tls",
  "unix",
  "adopt",
  "udp",
  "multicast",
  "names",
  "process",
  "stdio",
] as const;

export type IOCapability = (typeof IO_CAPABILITIES)[number];

export interface IODrivers {
  readonly streams: StreamDriver<StreamKind>;
  readonly datagrams: DatagramDriver;
  readonly names: NameDriver;
  readonly processes: ProcessDriver;
  readonly stdio: StdioDriver;
}

/** All input and output of a reactor on such a backend, opened and closed as one. */
export class IO {
  /** To be assigned to what the backend opens. */
  readonly capabilities: Readonly<{
    tcp: Streams<StreamKind>;
    tls: Streams<StreamKind>;
    unix: Streams<StreamKind>;
    adopt: Streams<StreamKind>;
    udp: UDP;
    multicast: UDP;
    names: Names;
    process: Processes;
    stdio: Stdio;
  }>;

  constructor(loop: Loop, drivers: IODrivers) {
    const names = new Names(loop, drivers.names);
    const streams = new Streams(loop, drivers.streams, names);
    const udp = new UDP(loop, drivers.datagrams);
    this.capabilities = {
      tcp: streams,
      tls: streams,
      unix: streams,
      adopt: streams,
      udp,
      multicast: udp,
      names,
      process: new Processes(loop, drivers.processes),
      stdio: new Stdio(loop, drivers.stdio),
    };
  }

  /** Gives up what is being opened, and closes what is open; fires when all have been told. */
  disconnectAll(): Deferred<void> {
    const { names, tcp, udp, process, stdio } = this.capabilities;
    names.disconnectAll();
    const others = [udp, process, stdio].map((part) => part.disconnectAll());
    return others.reduce((all, other) => all.addCallback(() => other), tcp.disconnectAll());
  }

  /** Closes what others connect to, and lets their connections end by themselves. */
  drain(seconds: number): Deferred<number> {
    return this.capabilities.tcp.drain(seconds);
  }

  traffic(): Traffic {
    return this.capabilities.tcp.traffic();
  }

  /** The run has ended: what comes now is for the next one. */
  reopen(): void {
    const { names, tcp, udp, process, stdio } = this.capabilities;
    for (const part of [names, tcp, udp, process, stdio]) part.reopen();
  }
}
