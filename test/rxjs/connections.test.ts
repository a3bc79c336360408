import { expect } from "chai";
import { Observable as Observable7, take } from "rxjs";
import { Deferred } from "skein/defer";
import { Factory } from "skein/protocols";
import { BadOptionError, ConnectionLostError, QueueFullError } from "skein/reactor";
import { ObservedBytes, ObservedLines, oneAtATime } from "skein/rxjs";
import { deferLater } from "skein/task";
import { connectedServerAndClient, LineClient, StringTransport } from "skein/testing";
import { listen, MAKES, Source } from "../support/observables.ts";
import { Noted, onClock } from "../support/on-clock.ts";

const encoder = new TextEncoder();

/** Remembers what it was told. */
class Producer {
  readonly told: string[] = [];
  pauseProducing(): void {
    this.told.push("pause");
  }
  resumeProducing(): void {
    this.told.push("resume");
  }
}

for (const make of MAKES) {
  describe(`a connection as an ${make.name}`, () => {
    it("tells lines, and the clean end", () => {
      const { server, client, pump } = connectedServerAndClient(new ObservedLines(), new Noted());
      const { heard } = listen(server.received(make.of<string>()));
      client.transport.write("a\r\nb\r\nc");
      pump.flush();
      expect(heard).to.deep.equal(["a", "b"]);
      client.transport.loseConnection();
      pump.flush();
      expect(heard).to.deep.equal(["a", "b", "complete"]);
    });

    it("tells bytes, and how it broke", () => {
      const { server, client, pump } = connectedServerAndClient(new ObservedBytes(), new Noted());
      const { heard } = listen(server.received(make.of<Uint8Array>()));
      client.transport.write("abc");
      pump.flush();
      client.transport.abortConnection();
      pump.flush();
      expect(heard).to.deep.equal(["97,98,99", "error ConnectionLostError"]);
    });

    it("tells the end to those who come behind it", () => {
      const lines = new ObservedLines();
      const transport = new StringTransport();
      lines.makeConnection(transport);
      lines.connectionLost(transport.lose());
      expect(listen(lines.received(make.of<string>())).heard).to.deep.equal(["complete"]);
      const broken = new ObservedLines();
      broken.makeConnection(new StringTransport());
      broken.connectionLost(new StringTransport().lose(new ConnectionLostError()));
      const { heard } = listen(broken.received(make.of<string>()));
      expect(heard).to.deep.equal(["error ConnectionLostError"]);
    });

    it("reads while somebody listens, and loses nothing meanwhile", () => {
      const lines = new ObservedLines();
      const transport = new StringTransport();
      const observable = lines.received(make.of<string>());
      lines.makeConnection(transport);
      expect(transport.paused).to.equal(true);
      const one = listen(observable);
      expect(transport.paused).to.equal(false);
      const other = listen(observable);
      one.leave();
      expect(transport.paused).to.equal(false);
      other.leave();
      expect(transport.paused).to.equal(true);
      lines.dataReceived(encoder.encode("under way\r\n"));
      const late = listen(observable);
      expect(late.heard).to.deep.equal(["under way"]);
      expect(transport.connected).to.equal(true);
    });

    it("may be listened to before it is there", () => {
      const bytes = new ObservedBytes();
      const { heard } = listen(bytes.received(make.of<Uint8Array>()));
      bytes.pauseProducing();
      bytes.resumeProducing();
      const transport = new StringTransport();
      bytes.makeConnection(transport);
      expect(transport.paused).to.equal(false);
      bytes.dataReceived(encoder.encode("a"));
      expect(heard).to.deep.equal(["97"]);
    });

    it("does not read while it is paused, whoever listens", () => {
      const lines = new ObservedLines();
      const transport = new StringTransport();
      lines.makeConnection(transport);
      const { heard } = listen(lines.received(make.of<string>()));
      lines.pauseProducing();
      expect(transport.paused).to.equal(true);
      lines.dataReceived(encoder.encode("a\r\n"));
      listen(lines.received(make.of<string>()));
      expect(transport.paused).to.equal(true);
      expect(heard).to.deep.equal([]);
      lines.resumeProducing();
      expect(heard).to.deep.equal(["a"]);
    });

    it("is paused while work on its lines is behind, to the last line", () => {
      const lines = new ObservedLines();
      const transport = new StringTransport();
      lines.makeConnection(transport);
      const work: Deferred<string>[] = [];
      const paced = oneAtATime(
        lines,
        (line: string) => {
          const deferred = new Deferred<string>();
          work.push(deferred);
          return deferred.addCallback((tea) => `${line} ${tea}`);
        },
        make.of<string>(),
        { highWater: 2, lowWater: 0 },
      );
      const { heard } = listen(paced(lines.received(make.of<string>())));
      lines.dataReceived(encoder.encode("a\r\nb\r\nc\r\nd\r\ne\r\n"));
      expect(transport.paused).to.equal(true);
      // One is worked on, two wait; the others are not taken out of the bytes.
      expect(work).to.have.lengthOf(1);
      for (let i = 0; i < 5; i++) work[i]?.callback("tea");
      expect(heard).to.deep.equal(["a tea", "b tea", "c tea", "d tea", "e tea"]);
      expect(transport.paused).to.equal(false);
    });

    it("slows its peer down to the pace of the work, on the network", async () => {
      await onClock(
        async ({ reactor }) => {
          let working = 0;
          let most = 0;
          const kitchen = Factory.from(() => {
            const orders = new ObservedLines();
            const paced = oneAtATime(
              orders,
              (order: string) => {
                most = Math.max(most, ++working);
                return deferLater(reactor, 1, () => {
                  working--;
                  return order;
                });
              },
              make.of<string>(),
            );
            const done = paced(orders.received(make.of<string>()));
            const { heard } = listen(done);
            results.push(heard);
            return orders;
          });
          const results: string[][] = [];
          const port = await reactor.listenTCP(0, kitchen);
          const client = await LineClient.dial(reactor, port.getHost().port);
          for (let i = 0; i < 200; i++) client.say(`${i}\r`);
          await deferLater(reactor, 10, () => {});
          expect(client.transport.bufferedBytes).to.be.greaterThan(0);
          client.transport.closeTimeout = Infinity;
          client.close();
          await deferLater(reactor, 300, () => {});
          expect(most).to.equal(1);
          expect(results[0]).to.have.lengthOf(201);
          expect(results[0]?.at(-1)).to.equal("complete");
          await port.stopListening();
        },
        { receiveBufferBytes: 64 },
      );
    });
  });

  describe(`work one at a time, with an ${make.name}`, () => {
    const paced = <T, R>(
      project: (value: T) => R | PromiseLike<R>,
      options: object = {},
      producer = new Producer(),
    ) => {
      const source = new Source<T>(make);
      const result = oneAtATime<T, R, ReturnType<typeof cast<R>>>(
        producer,
        project,
        make.of<R>(),
        options,
      )(source.observable);
      return { source, producer, ...listen(result) };
    };
    const cast = <R>() => new (make.of<R>())(() => () => {});

    it("takes values, promises, and Observables", async () => {
      expect(
        listen(oneAtATime(new Producer(), (n: number) => n * 2, make.of<number>())(of(make, 1, 2)))
          .heard,
      ).to.deep.equal(["2", "4", "complete"]);
      const several = oneAtATime(
        new Producer(),
        (n: number) => of(make, n, n + 10),
        make.of<number>(),
      );
      expect(listen(several(of(make, 1, 2))).heard).to.deep.equal([
        "1",
        "11",
        "2",
        "12",
        "complete",
      ]);
      const { heard, source } = paced((n: number) => Promise.resolve(n + 1));
      source.next(1);
      source.next(2);
      source.complete();
      await new Promise((resolve) => setImmediate(resolve));
      expect(heard).to.deep.equal(["2", "3", "complete"]);
    });

    it("pauses the producer at the high mark, and resumes it at the low one", () => {
      const work: Deferred<number>[] = [];
      const { producer, source, heard } = paced(
        (_n: number) => {
          const deferred = new Deferred<number>();
          work.push(deferred);
          return deferred;
        },
        { highWater: 3, lowWater: 1 },
      );
      for (let i = 0; i < 4; i++) source.next(i);
      expect(producer.told).to.deep.equal(["pause"]);
      source.next(4);
      work[0]?.callback(0);
      expect(producer.told).to.deep.equal(["pause"]);
      work[1]?.callback(1);
      work[2]?.callback(2);
      expect(producer.told).to.deep.equal(["pause", "resume"]);
      expect(heard).to.deep.equal(["0", "1", "2"]);
    });

    it("fails when a source that does not pause gives too much, and gives the work up", () => {
      let cancelled = 0;
      const { source, heard, producer } = paced(() => new Deferred<number>(() => cancelled++), {
        highWater: 1,
        queueMax: 2,
      });
      for (let i = 0; i < 4; i++) source.next(i);
      expect(heard).to.deep.equal([`error ${QueueFullError.name}`]);
      expect(source.listeners).to.equal(0);
      expect(cancelled).to.equal(1);
      expect(producer.told).to.deep.equal(["pause", "resume"]);
    });

    it("fails with what the work fails with, now or later", () => {
      const now = paced(() => {
        throw new RangeError("x");
      });
      now.source.next(1);
      expect(now.heard).to.deep.equal(["error RangeError"]);
      expect(now.source.listeners).to.equal(0);
      const deferred = new Deferred<number>();
      const later = paced(() => deferred);
      later.source.next(1);
      later.source.next(2);
      deferred.errback(new TypeError("x"));
      expect(later.heard).to.deep.equal(["error TypeError"]);
    });

    it("fails with the source at once, and gives the work up", () => {
      let cancelled = 0;
      const { source, heard } = paced(() => new Deferred<number>(() => cancelled++));
      source.next(1);
      source.error(new RangeError("x"));
      expect(heard).to.deep.equal(["error RangeError"]);
      expect(cancelled).to.equal(1);
    });

    it("ends behind the last of its work", () => {
      const deferred = new Deferred<number>();
      const { source, heard } = paced(() => deferred);
      source.next(1);
      source.complete();
      expect(heard).to.deep.equal([]);
      deferred.callback(5);
      expect(heard).to.deep.equal(["5", "complete"]);
    });

    it("gives the work up, and lets the producer go on, when nobody listens any more", () => {
      let cancelled = 0;
      const { source, producer, leave, heard } = paced(
        () => new Deferred<number>(() => cancelled++),
        { highWater: 1 },
      );
      source.next(1);
      source.next(2);
      leave();
      expect(cancelled).to.equal(1);
      expect(source.listeners).to.equal(0);
      expect(producer.told).to.deep.equal(["pause", "resume"]);
      expect(heard).to.deep.equal([]);
      const inner = new Source<number>(make);
      const operator = oneAtATime(new Producer(), () => inner.observable, make.of<number>());
      const { leave: leaveOther } = listen(operator(of(make, 1)));
      expect(inner.listeners).to.equal(1);
      leaveOther();
      expect(inner.listeners).to.equal(0);
    });

    it("begins no more work when somebody leaves in the middle of values at once", () => {
      const begun: number[] = [];
      let enough = (): void => {};
      const source = new (make.of<number>())((subscriber) => {
        for (const value of [1, 2, 3]) subscriber.next(value);
        return () => {};
      });
      const work = oneAtATime(
        new Producer(),
        (value: number) => {
          begun.push(value);
          enough();
          return value;
        },
        make.of<number>(),
      );
      const controller = new AbortController();
      enough = () => controller.abort();
      const observed = work(source);
      if (observed instanceof Observable7) observed.pipe(take(1)).subscribe();
      else {
        const { signal } = controller;
        const observable = observed as unknown as {
          subscribe(observer: object, options: { signal: AbortSignal }): void;
        };
        observable.subscribe({}, { signal });
      }
      expect(begun).to.deep.equal([1]);
    });

    it("does much work at once without deepening the stack", () => {
      const count = 20_000;
      const numbers = Array.from({ length: count }, (_, i) => i);
      let sum = 0;
      const operator = oneAtATime(new Producer(), (n: number) => (sum += n), make.of<number>());
      listen(operator(of(make, ...numbers)));
      expect(sum).to.equal((count * (count - 1)) / 2);
    });

    it("refuses marks that are in no order", () => {
      for (const options of [{ highWater: 0 }, { lowWater: 16 }, { highWater: 5, queueMax: 4 }]) {
        expect(() => oneAtATime(new Producer(), () => 1, make.of<number>(), options)).to.throw(
          BadOptionError,
          "lowWater < highWater <= queueMax",
        );
      }
    });
  });
}

function of<T>(make: (typeof MAKES)[number], ...values: T[]) {
  return new (make.of<T>())((subscriber) => {
    for (const value of values) subscriber.next(value);
    subscriber.complete();
    return () => {};
  });
}
