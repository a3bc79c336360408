/** What the compiler makes of promises, signals and file locks. It is the one to check. */
import {
  type Deferred,
  DeferredFilesystemLock,
  execute,
  Failure,
  FilesystemLock,
  fromPromise,
  signalOf,
  toPromise,
  withSignal,
} from "skein/defer";
import { createReactor } from "skein/reactor";
import { compiled, typeOf } from "../support/types.ts";

type N = Deferred<number>;

describe("types of the interoperation", () => {
  it("of fromPromise: what the promise is of, or the one that the function makes", () => {
    compiled((promise: Promise<number>, n: N) => {
      typeOf(fromPromise(promise)).is<N>();
      typeOf(fromPromise(async () => "value")).is<Deferred<string>>();
      typeOf(fromPromise(() => n)).is<N>();
      typeOf(fromPromise((signal) => fetch("https://example.org", { signal }))).is<
        Deferred<Response>
      >();
      fromPromise((signal) => {
        typeOf(signal).is<AbortSignal>();
        return promise;
      });
      // @ts-expect-error -- no promise
      fromPromise(() => 1);
      // @ts-expect-error -- no promise
      fromPromise(1);
    });
  });

  it("of toPromise, withSignal and signalOf", () => {
    compiled((n: N, signal: AbortSignal, maybe: AbortSignal | undefined) => {
      typeOf(toPromise(n)).is<Promise<number>>();
      typeOf(toPromise(n, { signal: maybe })).is<Promise<number>>();
      typeOf(withSignal(n, signal)).is<N>();
      typeOf(signalOf(n)).is<AbortSignal>();
      // @ts-expect-error -- no signal
      withSignal(n, new AbortController());
      // @ts-expect-error -- the signal is an option
      void toPromise(n, { single: signal });
      // @ts-expect-error -- no Deferred
      void toPromise(Promise.resolve(1));
    });
  });

  it("of execute: what the function returns, not what it waits for", () => {
    compiled((promise: Promise<number>) => {
      typeOf(execute(() => promise)).is<Deferred<Promise<number>>>();
      typeOf(execute((a: number, b: string) => b.repeat(a), 1, "a")).is<Deferred<string>>();
      typeOf(execute((): number | Failure => new Failure(1))).is<N>();
      // @ts-expect-error -- an argument is missing
      execute((a: number) => a);
    });
  });

  it("of locks in the file system", () => {
    compiled(() => {
      const lock = new DeferredFilesystemLock("name", createReactor("clock"));
      typeOf(lock.deferUntilLocked(5)).is<Deferred<void>>();
      typeOf(lock.lock()).is<boolean>();
      typeOf(lock.clean).is<boolean | undefined>();
      // @ts-expect-error -- the clock is missing
      new DeferredFilesystemLock("name");
      // @ts-expect-error -- only lock() and unlock() change that
      new FilesystemLock("name").locked = true;
    });
  });
});
