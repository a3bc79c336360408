/** What the compiler makes of lists, races, locks, queues. It is the one to check: nothing runs. */
import {
  type Acquirable,
  Deferred,
  DeferredList,
  type DeferredListOptions,
  type DeferredLock,
  DeferredQueue,
  type DeferredSemaphore,
  type Failure,
  fork,
  gatherResults,
  type Outcome,
  race,
  shield,
  succeed,
} from "skein/defer";
import { createReactor } from "skein/reactor";
import { compiled, typeOf } from "../support/types.ts";

type N = Deferred<number>;
type S = Deferred<string>;

describe("types of the combinators", () => {
  it("of gatherResults: a tuple of the same shape, or an array", () => {
    compiled((n: N, s: S, mixed: (N | S)[], fixed: readonly [S, N]) => {
      typeOf(gatherResults([n, s, n])).is<Deferred<[number, string, number]>>();
      typeOf(gatherResults([])).is<Deferred<[]>>();
      typeOf(gatherResults([n, n].concat([]))).is<Deferred<number[]>>();
      typeOf(gatherResults(mixed)).is<Deferred<(number | string)[]>>();
      typeOf(gatherResults(fixed, { consumeErrors: true })).is<Deferred<[string, number]>>();
      gatherResults([n, s]).addCallback(([one, two]) => {
        typeOf(one).is<number>();
        typeOf(two).is<string>();
      });
      // @ts-expect-error -- only two were gathered
      gatherResults([n, s]).addCallback(([, , three]) => three);
      // @ts-expect-error -- not a Deferred
      gatherResults([n, 1]);
      // @ts-expect-error -- no option of it
      gatherResults([n], { fireOnOneCallback: true });
    });
  });

  it("of DeferredList: the outcomes", () => {
    compiled((n: N, s: S) => {
      typeOf(new DeferredList([n])).is<Deferred<Outcome<number>[]>>();
      typeOf(new DeferredList(new Set([n]))).is<Deferred<Outcome<number>[]>>();
      typeOf(new DeferredList([n], { fireOnOneErrback: true })).is<Deferred<Outcome<number>[]>>();
      compiled((options: DeferredListOptions) => {
        typeOf(new DeferredList([n], options)).is<
          Deferred<Outcome<number>[] | readonly [value: number, index: number]>
        >();
      });
      typeOf(new DeferredList<number | string>([n, s])).is<Deferred<Outcome<number | string>[]>>();
      new DeferredList([n]).addCallback((outcomes) => {
        for (const [success, result] of outcomes) {
          if (success) typeOf(result).is<number>();
          else typeOf(result).is<Failure>();
        }
      });
      // @ts-expect-error -- not Deferreds
      new DeferredList([1]);
    });
  });

  it("of DeferredList with fireOnOneCallback: value and index", () => {
    compiled((n: N) => {
      type First = readonly [value: number, index: number];
      const list = new DeferredList([n], { fireOnOneCallback: true });
      typeOf(list).is<Deferred<First>>();
      const both = { fireOnOneCallback: true, fireOnOneErrback: true } as const;
      typeOf(new DeferredList([n], both)).is<Deferred<First>>();
      // @ts-expect-error -- value and index, and no more
      list.addCallback(([, , third]) => third);
    });
  });

  it("of race: index and value", () => {
    compiled((n: N, s: S) => {
      typeOf(race([n])).is<Deferred<[index: number, value: number]>>();
      typeOf(race<number | string>([n, s])).is<Deferred<[index: number, value: number | string]>>();
      race([s]).addCallback(([index, value]) => {
        typeOf(index).is<number>();
        typeOf(value).is<string>();
      });
      // @ts-expect-error -- not a Deferred
      race([1]);
    });
  });

  it("of locks and semaphores: themselves, and what the function comes to", () => {
    compiled((lock: DeferredLock, semaphore: DeferredSemaphore, either: Acquirable) => {
      typeOf(lock.acquire()).is<Deferred<DeferredLock>>();
      typeOf(semaphore.acquire()).is<Deferred<DeferredSemaphore>>();
      typeOf(either.acquire()).is<Deferred<Acquirable>>();
      typeOf(lock.run(() => 1)).is<Deferred<number>>();
      typeOf(lock.run(() => succeed("value"))).is<Deferred<string>>();
      typeOf(lock.run(async () => "value")).is<Deferred<string>>();
      typeOf(semaphore.run((a: number, b: string) => b.repeat(a), 1, "a")).is<Deferred<string>>();
      // @ts-expect-error -- an argument is missing
      semaphore.run((a: number, b: string) => b.repeat(a), 1);
      // @ts-expect-error -- a string is not a number
      semaphore.run((a: number) => a, "1");
    });
  });

  it("of DeferredQueue: its items", () => {
    compiled((queue: DeferredQueue<string>) => {
      typeOf(queue.get()).is<Deferred<string>>();
      queue.put("item");
      // @ts-expect-error -- the items are strings
      queue.put(1);
      // @ts-expect-error -- no option of it
      typeOf(new DeferredQueue<string>({ limit: 1 }));
    });
  });

  it("of shield, fork, chainDeferred and addTimeout", () => {
    compiled((n: N, s: S) => {
      typeOf(shield(n)).is<N>();
      typeOf(fork(n)).is<() => N>();
      typeOf(n.chainDeferred(new Deferred<number>())).is<Deferred<void>>();
      // @ts-expect-error -- the other one is for strings
      n.chainDeferred(s);
      const reactor = createReactor("clock");
      typeOf(n.addTimeout(5, reactor)).is<N>();
      n.addTimeout(5, reactor, (result, seconds) => {
        typeOf(result).is<number | Failure>();
        typeOf(seconds).is<number>();
        return 0;
      });
      // @ts-expect-error -- a number, or a Failure, goes on
      n.addTimeout(5, reactor, () => "text");
      // @ts-expect-error -- not a clock
      n.addTimeout(5, {});
    });
  });
});
