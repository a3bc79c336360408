/** A backend on which every protocol lies within policies, on both sides of each connection. */
import type { AnyFactory } from "skein/protocols";
import { type AnyBackend, backends, type ClockOptions, type Loop } from "skein/reactor";

/** What lies around each factory. */
export type Wrap = (loop: Loop, factory: AnyFactory) => AnyFactory;

const WITH_FACTORY: Readonly<Record<string, number>> = {
  listenTCP: 1,
  listenSSL: 1,
  listenUNIX: 1,
  connectTCP: 2,
  connectSSL: 2,
  connectUNIX: 1,
};

/** The clock, with `wrap` around every factory that it is given. */
export function wrappedClock(name: string, wrap: Wrap): AnyBackend {
  return {
    ...backends.clock,
    // The others are not about streams.
    capabilities: ["tcp", "tls", "unix", "names", "clock", "network"],
    name,
    open(loop, options: ClockOptions) {
      const driver = backends.clock.open(loop, options);
      const streams = new Proxy(driver.tcp, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key, target);
          if (typeof value !== "function") return value;
          const at = WITH_FACTORY[String(key)];
          return (...args: unknown[]): unknown => {
            if (at !== undefined) args[at] = wrap(loop, args[at] as AnyFactory);
            return Reflect.apply(value, target, args) as unknown;
          };
        },
      });
      return new Proxy(driver, {
        get(target, key) {
          if (key === "tcp" || key === "tls" || key === "unix") return streams;
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      });
    },
  };
}
