/** How a reactor fares, as metrics of OpenTelemetry. */
import type { Reactor } from "../reactor/capabilities.ts";
import { LoopDelayProbe } from "../reactor/loop-delay.ts";
import { statisticsOf } from "../reactor/statistics.ts";

/** Values of OpenTelemetry's attributes, as far as they are used here. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** What is needed of OpenTelemetry's `Meter`: one of `@opentelemetry/api` is one. */
export interface MeterLike<I = unknown> {
  createObservableGauge(name: string, options?: InstrumentOptions): I;
  createObservableCounter(name: string, options?: InstrumentOptions): I;
  createObservableUpDownCounter(name: string, options?: InstrumentOptions): I;
  addBatchObservableCallback(callback: (result: Observations<I>) => void, observables: I[]): void;
  removeBatchObservableCallback(
    callback: (result: Observations<I>) => void,
    observables: I[],
  ): void;
}

export interface InstrumentOptions {
  readonly description?: string;
  readonly unit?: string;
}

/** What is observed when metrics are collected. */
export interface Observations<I> {
  observe(instrument: I, value: number, attributes?: Attributes): void;
}

export interface InstrumentReactorOptions {
  /** Of all values: they tell several reactors in one process apart. */
  readonly attributes?: Attributes;
}

/**
 * Has a meter of OpenTelemetry tell how a reactor fares: whenever its metrics are collected, and
 * never else, the reactor is asked for its statistics.
 *
 * ```ts
 * import {
 *   AggregationTemporality,
 *   InMemoryMetricExporter,
 *   MeterProvider,
 *   PeriodicExportingMetricReader,
 * } from "@opentelemetry/sdk-metrics";
 * import { instrument } from "skein/opentelemetry";
 * import { createReactor } from "skein/reactor";
 *
 * const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
 * const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 });
 * const provider = new MeterProvider({ readers: [reader] });
 *
 * const reactor = createReactor("clock");
 * reactor.callLater(60, () => {});
 * const stop = instrument(reactor, provider.getMeter("my-daemon"));
 * await reader.forceFlush();
 * const told = exporter.getMetrics()[0]?.scopeMetrics[0]?.metrics ?? [];
 * for (const { descriptor, dataPoints } of told) {
 *   if (descriptor.name === "skein.open") console.log(dataPoints[0]?.value); // → 1
 * }
 * stop();
 * await provider.shutdown();
 * ```
 *
 * - `skein.open`, an up-down counter, by `skein.kind`: connection, port, delayed call, …
 * - `skein.network.io`, a counter of bytes, by `network.io.direction`: receive, transmit
 * - `nodejs.eventloop.delay.mean` and `.max`, gauges of seconds
 * - `skein.gauge`, by `skein.source` and `skein.name`: what `addGauges` was given
 *
 * The names that OpenTelemetry's semantic conventions have are those. The delays are those since
 * the collection before: the first one has none. Returns the way to end it all.
 */
export function instrument<I>(
  reactor: Reactor,
  meter: MeterLike<I>,
  { attributes = {} }: InstrumentReactorOptions = {},
): () => void {
  const open = meter.createObservableUpDownCounter("skein.open", {
    description: "What a reactor has open, or waits for",
    unit: "{thing}",
  });
  const traffic = meter.createObservableCounter("skein.network.io", {
    description: "Bytes that a reactor's connections have moved",
    unit: "By",
  });
  const [mean, max] = (["mean", "max"] as const).map((which) =>
    meter.createObservableGauge(`nodejs.eventloop.delay.${which}`, {
      description: `Event loop ${which} delay`,
      unit: "s",
    }),
  ) as [I, I];
  const gauge = meter.createObservableGauge("skein.gauge", {
    description: "What parts of the daemon say of themselves",
  });
  const probe = new LoopDelayProbe(reactor);
  let known = new Set<string>();
  const observe = (result: Observations<I>): void => {
    const statistics = statisticsOf(reactor);
    const say = (instrumented: I, value: number, more: Attributes = {}): void =>
      result.observe(instrumented, value, { ...attributes, ...more });
    // What is gone is 0, and not what it was.
    const kinds = new Set([...known, ...Object.keys(statistics.open)]);
    known = kinds;
    for (const kind of kinds) say(open, statistics.open[kind] ?? 0, { "skein.kind": kind });
    say(traffic, statistics.bytesReceived, { "network.io.direction": "receive" });
    say(traffic, statistics.bytesSent, { "network.io.direction": "transmit" });
    const delay = probe.take();
    say(mean, delay.meanSeconds);
    say(max, delay.maxSeconds);
    for (const [source, values] of Object.entries(statistics.gauges)) {
      for (const [name, value] of Object.entries(values)) {
        say(gauge, value, { "skein.source": source, "skein.name": name });
      }
    }
  };
  const instruments = [open, traffic, mean, max, gauge];
  meter.addBatchObservableCallback(observe, instruments);
  const stopProbe = reactor.addSystemEventTrigger("during", "shutdown", () => probe.stop());
  return () => {
    meter.removeBatchObservableCallback(observe, instruments);
    reactor.removeSystemEventTrigger(stopProbe);
    probe.stop();
  };
}
