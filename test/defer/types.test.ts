/** What the compiler makes of Deferreds. The checks are the compiler's: nothing here runs. */
import {
  Deferred,
  fail,
  Failure,
  fromPromise,
  inlineCallbacks,
  maybeDeferred,
  succeed,
  type Chained,
} from "skein/defer";
import { compiled, type Equal, typeOf } from "../support/types.ts";

/** An error of the compiler unless `T` is `true`. */
function holds<T extends true>(): T | undefined {
  return undefined;
}

describe("types", () => {
  it("tell equal types from others, in these tests", () => {
    holds<Equal<string, string>>();
    // @ts-expect-error -- not equal
    holds<Equal<string, string | number>>();
    typeOf(succeed(1)).is<Deferred<number>>();
    // @ts-expect-error -- not equal
    typeOf(succeed(1)).is<Deferred<string>>();
  });

  it("of addCallback: what the callback returns", () => {
    compiled((d: Deferred<number>) => {
      typeOf(d.addCallback((n) => `${n}`)).is<Deferred<string>>();
      typeOf(d.addCallback(() => {})).is<Deferred<void>>();
      typeOf(d.addCallback((): string | undefined => undefined)).is<Deferred<string | undefined>>();
      typeOf(d.addCallback((): never => new Failure(1).raise())).is<Deferred<never>>();
      d.addCallback((n) => typeOf(n).is<number>());
    });
  });

  it("of addErrback: the value, or what the errback returns", () => {
    compiled((d: Deferred<number>) => {
      typeOf(d.addErrback(() => "rescued")).is<Deferred<number | string>>();
      typeOf(d.addErrback((failure) => failure)).is<Deferred<number>>();
      typeOf(d.addErrback((failure) => failure.raise())).is<Deferred<number>>();
      typeOf(d.addErrback(() => {})).is<Deferred<number | void>>();
      d.addErrback((failure) => typeOf(failure).is<Failure>());
    });
  });

  it("of addBoth: what the handler returns", () => {
    compiled((d: Deferred<number>) => {
      typeOf(d.addBoth(() => "either")).is<Deferred<string>>();
      typeOf(d.addBoth((result) => result)).is<Deferred<number>>();
      d.addBoth((result) => typeOf(result).is<number | Failure>());
    });
  });

  it("of addCallbacks: what either returns", () => {
    compiled((d: Deferred<number>) => {
      const deferred = d.addCallbacks(
        () => "value",
        () => true,
      );
      typeOf(deferred).is<Deferred<string | boolean>>();
    });
  });

  it("of a chain: what Deferreds and promises come to", () => {
    compiled((d: Deferred<number>) => {
      typeOf(d.addCallback(() => succeed("inner"))).is<Deferred<string>>();
      typeOf(d.addCallback(() => Promise.resolve("inner"))).is<Deferred<string>>();
      typeOf(d.addCallback(async () => "inner")).is<Deferred<string>>();
      typeOf(d.addErrback(() => succeed("inner"))).is<Deferred<number | string>>();
      typeOf(d.addBoth(() => fail("always"))).is<Deferred<never>>();
    });
  });

  it("of Chained over unions", () => {
    holds<Equal<Chained<string>, string>>();
    holds<Equal<Chained<Deferred<string>>, string>>();
    holds<Equal<Chained<Promise<string>>, string>>();
    holds<Equal<Chained<PromiseLike<string>>, string>>();
    holds<Equal<Chained<Failure>, never>>();
    holds<Equal<Chained<Failure<TypeError>>, never>>();
    holds<Equal<Chained<never>, never>>();
    holds<Equal<Chained<void>, void>>();
    holds<Equal<Chained<undefined>, undefined>>();
    holds<Equal<Chained<unknown>, unknown>>();
    holds<Equal<Chained<boolean>, boolean>>();
    holds<
      Equal<
        Chained<number | Deferred<string> | Promise<boolean> | Failure>,
        number | string | boolean
      >
    >();
    holds<Equal<Chained<Promise<string | Failure>>, string>>();
    holds<Equal<Chained<Deferred<string> | undefined>, string | undefined>>();
  });

  it("of Chained: a Deferred that another holds raw stays raw", () => {
    holds<Equal<Chained<Deferred<Deferred<string>>>, Deferred<string>>>();
  });

  it("make wrong handlers errors", () => {
    compiled((d: Deferred<number>) => {
      // @ts-expect-error -- the value is a number
      d.addCallback((text: string) => text);
      // @ts-expect-error -- an errback gets a Failure
      d.addErrback((error: TypeError) => error);
      // @ts-expect-error -- the result may be a Failure
      d.addBoth((n: number) => n);
      // @ts-expect-error -- the value is a number
      d.addCallbacks((text: string) => text, String);
      // @ts-expect-error -- addCallbacks takes two
      d.addCallbacks((n) => n);
      // @ts-expect-error -- not a function
      d.addCallback(1);
      // @ts-expect-error -- after this callback it is a string
      d.addCallback((n) => `${n}`).addCallback((n: number) => n);
    });
  });

  it("let a Deferred be fired with its value only", () => {
    compiled(
      (d: Deferred<number>, nothing: Deferred<void>, maybe: Deferred<string | undefined>) => {
        d.callback(1);
        d.callback(new Failure("anything"));
        d.errback("anything");
        // @ts-expect-error -- a number is wanted
        d.callback("text");
        // @ts-expect-error -- a number is wanted
        d.callback();
        // @ts-expect-error -- an error is wanted
        d.errback();
        nothing.callback();
        maybe.callback(undefined);
        // @ts-expect-error -- only `void` may be left out
        maybe.callback();
      },
    );
  });

  it("take a Deferred where one of a wider type is wanted, not of a narrower", () => {
    compiled((d: Deferred<number>) => {
      const wider: Deferred<number | string> = d;
      // @ts-expect-error -- it may hold a string
      const narrower: Deferred<number> = wider;
      return narrower;
    });
  });

  it("of a canceller: it gets the Deferred", () => {
    compiled(() => {
      new Deferred<number>((cancelled) => {
        typeOf(cancelled).is<Deferred<number>>();
      });
      // @ts-expect-error -- a number is wanted
      new Deferred<number>((cancelled) => cancelled.callback("text"));
    });
  });

  it("of succeed, fail, fromPromise and maybeDeferred", () => {
    compiled((promise: Promise<string>, either: () => number | Deferred<string> | Failure) => {
      typeOf(succeed("text")).is<Deferred<string>>();
      typeOf(fail(1)).is<Deferred<never>>();
      typeOf(fromPromise(promise)).is<Deferred<string>>();
      typeOf(maybeDeferred(either)).is<Deferred<number | string>>();
      typeOf(maybeDeferred(() => promise)).is<Deferred<string>>();
      typeOf(maybeDeferred((n: number) => n, 1)).is<Deferred<number>>();
      // @ts-expect-error -- the argument is a number
      maybeDeferred((n: number) => n, "text");
      // @ts-expect-error -- there is an argument
      maybeDeferred((n: number) => n);
    });
  });

  it("of await: the value", () => {
    compiled(async (d: Deferred<number>, raw: Deferred<Deferred<string>>) => {
      typeOf(await d).is<number>();
      typeOf(await raw).is<string>();
      typeOf(d.then((n) => `${n}`)).is<Promise<string>>();
      typeOf(d.then(null, () => "rescued")).is<Promise<number | string>>();
    });
  });

  it("of yield*: the value", () => {
    compiled((d: Deferred<number>) =>
      inlineCallbacks(function* () {
        typeOf(yield* d).is<number>();
        const text: string = yield* d.addCallback((n) => `${n}`);
        // @ts-expect-error -- the value is a number
        const wrong: string = yield* d;
        return [text, wrong];
      }),
    );
  });

  it("of inlineCallbacks: the arguments and the result of its function", () => {
    compiled((d: Deferred<number>) => {
      const generator = inlineCallbacks(function* (a: string, b?: number) {
        yield d;
        return `${a}${b}`;
      });
      typeOf(generator).is<(this: unknown, a: string, b?: number) => Deferred<string>>();
      // @ts-expect-error -- the first argument is a string
      generator(1);
      const asyncGenerator = inlineCallbacks(async function* (n: number) {
        yield d;
        return n;
      });
      typeOf(asyncGenerator(1)).is<Deferred<number>>();
      const asyncFunction = inlineCallbacks(async () => "text");
      typeOf(asyncFunction()).is<Deferred<string>>();
      // @ts-expect-error -- neither a generator nor a promise
      inlineCallbacks(() => 1);
    });
  });

  it("of inlineCallbacks: a returned Deferred stays raw", () => {
    compiled((d: Deferred<number>) => {
      // oxlint-disable-next-line require-yield -- it has only a result
      const run = inlineCallbacks(function* () {
        return d;
      });
      typeOf(run()).is<Deferred<Deferred<number>>>();
    });
  });

  it("of inlineCallbacks: `this` is checked", () => {
    compiled(() => {
      const method = inlineCallbacks(function* (this: { step: number }) {
        return this.step + (yield* succeed(1));
      });
      typeOf(method.call({ step: 1 })).is<Deferred<number>>();
      // @ts-expect-error -- it needs a step
      method.call({});
    });
  });
});
