/**
 * Six things to do with events: hello ten times; one handler for several events; handlers by method
 * name; two handlers of one event; one for all events; and what an event carries, echoed.
 */
import { createReactor, type Deferred, deferLater, react, type Reactor } from "skein";
import { EventBus } from "./event-bus.ts";

class Hello {
  readonly times: number;
  constructor(times: number) {
    this.times = times;
  }
}

class Sunrise {
  readonly of = "the sun";
}

class Sunset {
  readonly of = "the sun";
}

class Echo {
  readonly args: readonly unknown[];
  constructor(...args: unknown[]) {
    this.args = args;
  }
}

/** Its methods handle the events of their names. */
class Rooster {
  readonly #print: (line: string) => void;
  constructor(print: (line: string) => void) {
    this.#print = print;
  }
  sunrise(): void {
    this.#print("rooster: cock-a-doodle-doo");
  }
}

export async function main(reactor: Reactor, print: (line: string) => void): Promise<void> {
  const bus = new EventBus(reactor);

  // Hello ten times: a handler that fires the event anew.
  bus.on(Hello, ({ times }): Deferred<unknown> | undefined => {
    print(`hello ${times}`);
    return times < 10 ? bus.fire(new Hello(times + 1)) : undefined;
  });
  await bus.fire(new Hello(1));

  bus.on([Sunrise, Sunset], (event) => print(`the light changes: ${event.constructor.name}`));
  bus.register(new Rooster(print));
  // A second handler of one event, and one that takes its time.
  bus.on(Sunrise, () => deferLater(reactor, 0.1, () => print("the baker: bread is ready")));
  bus.on(Object, (event) => print(`the diary: ${event.constructor.name}`));
  await bus.fire(new Sunrise());
  await bus.fire(new Sunset());

  bus.on(Echo, ({ args }) => args);
  const results = await bus.fire(new Echo("a", 1, true));
  print(JSON.stringify(results.find(Array.isArray)));
}

// Unless a test has imported it.
if (process.argv[1]?.includes("events/events")) {
  await react((reactor) => main(reactor, console.log), { reactor: createReactor("libuv") });
}
