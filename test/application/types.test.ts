import { expect } from "chai";
import {
  createReactor,
  type Deferred,
  defineDaemon,
  type ListeningPort,
  type Reactor,
} from "skein";
import { Factory, Protocol } from "skein/protocols";

const help = "";
const factory = Factory.forProtocol(Protocol);

const plain = defineDaemon({
  options: {
    name: { type: "string", default: "joe", help },
    port: { type: "number", default: 7000, help },
    loud: { type: "boolean", default: false, help },
  },
  build(_reactor: Reactor, { name, port, loud }) {
    name satisfies string;
    port satisfies number;
    loud satisfies boolean;
    // @ts-expect-error -- the port is a number
    port satisfies string;
    return { name, port, loud };
  },
});

const server = defineDaemon({
  build: (reactor: Reactor<"tcp">) => reactor.listenTCP(0, factory),
});

// What follows is for the compiler, which checks that every line marked is an error.
describe("the types of daemons", () => {
  it("know the options, and what is built", () => {
    const typed = (): unknown[] => [
      plain(createReactor("timer")) satisfies { name: string; port: number; loud: boolean },
      plain(createReactor("timer"), { port: 1 }),
      // @ts-expect-error -- the port is a number
      plain(createReactor("timer"), { port: "1" }),
      // @ts-expect-error -- there is no such option
      plain(createReactor("timer"), { colour: "red" }),
      server(createReactor("libuv")) satisfies Deferred<ListeningPort>,
      // @ts-expect-error -- the default is of another type
      defineDaemon({ options: { port: { type: "number", default: "1", help } }, build() {} }),
      // @ts-expect-error -- there is no such type of option
      defineDaemon({ options: { port: { type: "float", default: 1, help } }, build() {} }),
    ];
    expect(typed).to.be.a("function");
  });

  it("know what the daemon needs of its reactor", () => {
    const typed = (): unknown[] => [
      server(createReactor("libuv")),
      server(createReactor("clock")),
      // @ts-expect-error -- timer has no TCP
      server(createReactor("timer")),
      // @ts-expect-error -- timer has no TCP
      createReactor("timer").listenTCP,
      // @ts-expect-error -- libuv cannot be advanced
      createReactor("libuv").advance,
      // @ts-expect-error -- there is no such backend
      createReactor("epoll"),
    ];
    expect(typed).to.be.a("function");
  });

  it("say at run time what types cannot say to JavaScript", () => {
    const untyped = server as (reactor: unknown) => unknown;
    expect(() => untyped(createReactor("timer"))).to.throw('needs the capability "tcp"');
  });
});

const rich = defineDaemon({
  options: {
    level: { type: "choice", choices: ["debug", "error"], default: "error", help },
    peers: { type: "list", default: [], help },
    ports: { type: "list", of: "integer", default: [1, 2], help },
    key: { type: "string", required: true, secret: true, help },
    workers: {
      type: "integer",
      default: 4,
      help,
      check: (count) => ((count satisfies number) > 0 ? undefined : "some"),
    },
  },
  build: (_reactor: Reactor, options) => options,
});

const build = (): void => {};

describe("the types of options", () => {
  it("follow from their declarations", () => {
    const typed = (): unknown[] => [
      rich(createReactor("timer"), { key: "k" }).level satisfies "debug" | "error",
      rich(createReactor("timer"), { key: "k" }).peers satisfies readonly string[],
      rich(createReactor("timer"), { key: "k" }).ports satisfies readonly number[],
      rich(createReactor("timer"), { key: "k", level: "debug" }).key satisfies string,
      // @ts-expect-error -- it is none of the choices
      rich(createReactor("timer"), { key: "k", level: "warn" }),
      // @ts-expect-error -- the key is missing
      rich(createReactor("timer"), {}),
      // @ts-expect-error -- the key is missing
      rich(createReactor("timer")),
      // @ts-expect-error -- it has neither a default, nor is it required
      defineDaemon({ options: { port: { type: "number", help } }, build() {} }),
      // @ts-expect-error -- it has both
      defineDaemon({ options: { n: { type: "number", default: 1, required: true, help } }, build }),
      // @ts-expect-error -- numbers are not what the list is of
      defineDaemon({ options: { ports: { type: "list", default: [1], help } }, build() {} }),
    ];
    expect(typed).to.be.a("function");
  });
});
