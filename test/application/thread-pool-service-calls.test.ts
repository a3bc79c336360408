import { expect } from "chai";
import { ThreadPoolService } from "skein";
import { createReactor } from "skein/reactor";
import { PoolStoppedError, worker } from "skein/threads";
import { failure, tasks } from "../support/pools.ts";

const streams = worker<typeof import("../fixtures/workers/streams.ts")>(
  new URL("../fixtures/workers/streams.ts", import.meta.url),
);

describe("a service that is a pool: its calls", () => {
  it("may have options, be many, and streams", async () => {
    const reactor = createReactor("clock", {
      workers: ({ name }) => ({ seconds: name === "echo" ? 9 : 0 }),
    });
    const service = new ThreadPoolService(reactor, { max: 2, drainTimeout: 5 });
    await service.startService();
    const seen: unknown[] = [];
    const note = (value: unknown): void => void seen.push(value);
    service.map(tasks.double, [1, 2, 3]).addCallback(note);
    service
      .callWith({ timeout: 2 }, tasks.echo, 1)
      .addErrback(({ value }) => note((value as Error).name));
    void (async () => {
      for await (const n of service.streamWith({ window: 1 }, streams.upTo, 2)) note(n);
      for await (const n of service.stream(streams.list)) note(n);
    })();
    await reactor.advance(3);
    expect(seen.map(String).sort()).to.deep.equal([
      "0",
      "1",
      "1",
      "2",
      "2,4,6",
      "3",
      "TimeoutError",
    ]);
    const late = service.callWith({}, tasks.echo, 1);
    const stopped = service.stopService();
    await reactor.advance(6);
    expect(await failure(late)).to.be.instanceOf(PoolStoppedError);
    await stopped;
    expect(() => service.stream(streams.list)).to.throw(PoolStoppedError);
    expect(await failure(service.map(tasks.double, [1]))).to.be.instanceOf(PoolStoppedError);
  });
});
