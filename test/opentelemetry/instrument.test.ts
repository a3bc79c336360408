import { metrics } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { expect } from "chai";
import { instrument } from "skein/opentelemetry";
import { ClientFactory, Factory } from "skein/protocols";
import { addGauges, createReactor, statisticsOf } from "skein/reactor";
import { ThreadPool } from "skein/threads";
import { Noted } from "../support/on-clock.ts";

/** OpenTelemetry's own metrics, which are exported when they are asked for. */
function telemetry() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  /** Each value as "name{attributes} value", as of now. */
  const collect = async (): Promise<string[]> => {
    exporter.reset();
    await reader.forceFlush();
    return exporter.getMetrics().flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics: all }) =>
        all.flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => {
            const labels = Object.entries(attributes).map(([key, of]) => `${key}=${String(of)}`);
            return `${descriptor.name}{${labels.join(",")}} ${value as number}`;
          }),
        ),
      ),
    );
  };
  return { provider, collect };
}

describe("metrics of OpenTelemetry", () => {
  let { provider, collect } = telemetry();
  beforeEach(() => {
    ({ provider, collect } = telemetry());
  });
  afterEach(() => provider.shutdown());

  it("tell what a reactor has open, what it has moved, and what its daemon says", async () => {
    const reactor = createReactor("clock");
    void reactor.listenTCP(7000, Factory.forProtocol(Noted));
    const client = new Noted();
    reactor.connectTCP(
      "127.0.0.1",
      7000,
      ClientFactory.from(() => client),
    );
    await reactor.advance(1);
    client.transport.write("hello");
    await reactor.advance(1);
    let asked = 0;
    addGauges(reactor, "chat", () => ({ people: 3, asked: ++asked }));
    const stop = instrument(reactor, provider.getMeter("one"), { attributes: { which: "a" } });
    expect(await collect()).to.include.members([
      "skein.open{which=a,skein.kind=connection} 2",
      "skein.open{which=a,skein.kind=port} 1",
      "skein.network.io{which=a,network.io.direction=receive} 5",
      "skein.network.io{which=a,network.io.direction=transmit} 5",
      "nodejs.eventloop.delay.mean{which=a} 0",
      "nodejs.eventloop.delay.max{which=a} 0",
      "skein.gauge{which=a,skein.source=chat,skein.name=people} 3",
    ]);
    client.transport.loseConnection();
    await reactor.advance(1);
    const later = await collect();
    expect(later).to.include("skein.open{which=a,skein.kind=connection} 0");
    expect(later).to.include("skein.network.io{which=a,network.io.direction=receive} 5");
    stop();
    await collect();
    expect(asked).to.equal(2);
  });

  it("tell of pools", async () => {
    const reactor = createReactor("clock");
    const pool = new ThreadPool(reactor, { max: 2 });
    const stop = instrument(reactor, provider.getMeter("pools"));
    expect(await collect()).to.include("skein.gauge{skein.source=pool,skein.name=queued} 0");
    pool.stop();
    expect(statisticsOf(reactor).gauges).to.deep.equal({});
    stop();
  });

  it("tell how late the loop was, which they measure only while they are collected", async () => {
    const reactor = createReactor("libuv");
    const stopped = reactor.run();
    const stop = instrument(reactor, provider.getMeter("delays"));
    await collect();
    // Whatever holds the loop for long enough for a probe to come late.
    await new Promise<void>((resolve) => reactor.callLater(0.05, resolve));
    const until = performance.now() + 300;
    while (performance.now() < until);
    await new Promise<void>((resolve) => reactor.callLater(0.2, resolve));
    const [max = ""] = (await collect()).filter((line) => line.includes("delay.max"));
    expect(Number(max.split(" ")[1])).to.be.greaterThan(0.1);
    stop();
    expect(reactor.getDelayedCalls()).to.deep.equal([]);
    reactor.stop();
    await stopped;
  });

  it("take the meter of the global API as well", () => {
    const reactor = createReactor("clock");
    const stop = instrument(reactor, metrics.getMeter("global"));
    stop();
  });
});
