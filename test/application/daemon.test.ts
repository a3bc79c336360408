import { expect } from "chai";
import { BadOptionError, createReactor, defineDaemon, type Reactor } from "skein";

const help = "";
const daemon = defineDaemon({
  summary: "Gives its options back.",
  options: {
    name: { type: "string", default: "joe", help },
    port: { type: "number", default: 7000, help },
    loud: { type: "boolean", default: false, help },
  },
  build: (reactor: Reactor, options) => ({ reactor, options }),
});

describe("a daemon", () => {
  const reactor = createReactor("clock");

  it("gets the reactor, and the defaults of its options", () => {
    const built = daemon(reactor);
    expect(built.reactor).to.equal(reactor);
    expect(built.options).to.deep.equal({ name: "joe", port: 7000, loud: false });
  });

  it("gets the options that are given, and the defaults of the others", () => {
    const { options } = daemon(reactor, { port: 8, loud: true });
    expect(options).to.deep.equal({ name: "joe", port: 8, loud: true });
  });

  it("takes an undefined option as one that is not given", () => {
    const options = { port: undefined } as object;
    expect(daemon(reactor, options).options.port).to.equal(7000);
  });

  it("tells the launcher its summary and options", () => {
    expect(daemon.summary).to.equal("Gives its options back.");
    expect(Object.keys(daemon.options)).to.deep.equal(["name", "port", "loud"]);
  });

  it("needs neither summary nor options", () => {
    const plain = defineDaemon({ build: (_reactor: Reactor, options) => options });
    expect({ ...plain }).to.deep.equal({ summary: "", options: {} });
    expect(plain(reactor)).to.deep.equal({});
  });

  it("passes on what its build throws", () => {
    const broken = defineDaemon({
      build() {
        throw new RangeError("cannot be built");
      },
    });
    expect(() => broken(reactor)).to.throw(RangeError, "cannot be built");
  });

  const bad: [options: object, message: string][] = [
    [{ colour: "red" }, 'there is no option "colour"'],
    [{ toString: "red" }, 'there is no option "toString"'],
    [{ port: "7000" }, 'the option "port" takes a number, not "7000"'],
    [{ port: NaN }, 'the option "port" takes a number, not NaN'],
    [{ port: null }, 'the option "port" takes a number, not null'],
    [{ name: 7 }, 'the option "name" takes a string, not 7'],
    [{ name: Symbol("n") }, 'the option "name" takes a string, not Symbol(n)'],
    [{ name: {} }, 'the option "name" takes a string, not an object'],
    [{ loud: "yes" }, 'the option "loud" takes a boolean, not "yes"'],
    [{ loud: () => true }, 'the option "loud" takes a boolean, not a function'],
  ];
  for (const [options, message] of bad) {
    it(`refuses an option: ${message}`, () => {
      expect(() => daemon(reactor, options))
        .to.throw(BadOptionError)
        .with.property("message", message);
    });
  }
});
