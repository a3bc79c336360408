import { expect } from "chai";
import {
  BadOptionError,
  createReactor,
  defineDaemon,
  type OptionDeclarations,
  type Reactor,
} from "skein";
import { optionsFromEnvironment } from "../../src/application/environment-options.ts";
import { parseOptions } from "../../src/application/command-line-options.ts";

const help = "";
const schema = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value: unknown) =>
      (value as string).startsWith("sk-") ? { value } : { issues: [{ message: "no key" }] },
  },
};

const daemon = defineDaemon({
  envPrefix: "CHAT_",
  options: {
    port: {
      type: "integer",
      default: 7000,
      help,
      check: (port) => (port < 65_536 ? undefined : "ports are under 65536"),
    },
    ratio: { type: "number", default: 0.5, help },
    level: { type: "choice", choices: ["debug", "error"], default: "error", help },
    peers: { type: "list", default: ["localhost"], help },
    backoff: {
      type: "list",
      of: "number",
      default: [],
      help,
      check: (times) => (times.length > 2 ? "at most two" : undefined),
    },
    loud: { type: "boolean", default: false, help, env: "LOUD" },
    plain: { type: "string", default: "", help, env: false },
    idleSeconds: { type: "number", default: 600, help },
    apiKey: { type: "string", required: true, secret: true, help, check: schema },
  },
  build: (_reactor: Reactor, options) => options,
});

const { options: declared } = daemon;
const apiKey = "sk-1";

describe("the types of options", () => {
  const reactor = createReactor("clock");

  const given: [what: string, args: string[], env: Record<string, string>, values: object][] = [
    ["an integer", ["--port", "80"], { CHAT_PORT: "80" }, { port: 80 }],
    ["a number", ["--ratio=-1e-3"], { CHAT_RATIO: "-1e-3" }, { ratio: -0.001 }],
    ["a choice", ["--level", "debug"], { CHAT_LEVEL: "debug" }, { level: "debug" }],
    ["a list", ["--peers", "a", "--peers=b"], { CHAT_PEERS: "a, b" }, { peers: ["a", "b"] }],
    [
      "a list of numbers",
      ["--backoff", "1", "--backoff", "2.5"],
      { CHAT_BACKOFF: "1,2.5" },
      { backoff: [1, 2.5] },
    ],
    ["a boolean", ["--loud"], { LOUD: "Yes" }, { loud: true }],
    ["a boolean that is off", ["--no-loud"], { LOUD: "0" }, { loud: false }],
    ["a name in camelCase", ["--idle-seconds=1"], { CHAT_IDLE_SECONDS: "1" }, { idleSeconds: 1 }],
    ["a secret", ["--api-key", apiKey], { CHAT_API_KEY: apiKey }, { apiKey }],
  ];
  for (const [what, args, env, values] of given) {
    it(`${what} is read from the command line, and from the environment`, () => {
      expect(parseOptions(declared, args)).to.deep.equal(values);
      expect(optionsFromEnvironment(declared, env)).to.deep.equal(values);
      expect(daemon(reactor, { apiKey, ...values })).to.include(values);
    });
  }

  const bad: [args: string[], env: Record<string, string>, complaint: string][] = [
    [["--port", "80.5"], { CHAT_PORT: "80.5" }, 'needs a whole number, not "80.5"'],
    [["--port", "1e99"], { CHAT_PORT: "1e99" }, 'needs a whole number, not "1e99"'],
    [["--port", "70000"], { CHAT_PORT: "70000" }, 'cannot be "70000": ports are under 65536'],
    [["--ratio", "half"], { CHAT_RATIO: "half" }, 'needs a number, not "half"'],
    [["--level", "loud"], { CHAT_LEVEL: "loud" }, 'needs one of debug, error, not "loud"'],
    [["--backoff=x"], { CHAT_BACKOFF: "1,x" }, 'needs a number, not "x"'],
    [
      ["--backoff=1", "--backoff=2", "--backoff=3"],
      { CHAT_BACKOFF: "1,2,3" },
      'cannot be "1, 2, 3": at most two',
    ],
    [["--api-key", "mine"], { CHAT_API_KEY: "mine" }, "cannot be what was given: no key"],
  ];
  for (const [args, env, complaint] of bad) {
    it(`${args.join(" ")} is refused, and so is ${Object.keys(env)[0]}: ${complaint}`, () => {
      const flag = (args[0] as string).split("=")[0];
      expect(() => parseOptions(declared, args))
        .to.throw(BadOptionError)
        .with.property("message", `${flag} ${complaint}`);
      expect(() => optionsFromEnvironment(declared, env))
        .to.throw(BadOptionError)
        .with.property("message", `${Object.keys(env)[0]} ${complaint}`);
    });
  }

  it("a boolean variable is one of few words", () => {
    expect(() => optionsFromEnvironment(declared, { LOUD: "very" })).to.throw(
      'LOUD needs true or false, not "very"',
    );
  });

  it("an empty variable gives nothing, and one that is not asked for is not read", () => {
    const env = { CHAT_PORT: "", CHAT_PLAIN: "x", CHAT_LOUD: "x", PATH: "x" };
    expect(optionsFromEnvironment(declared, env)).to.deep.equal({});
  });

  it("without a prefix only those have variables that name one", () => {
    const options = {
      port: { type: "number", default: 1, help },
      host: { type: "string", default: "", help, env: "HOST" },
    } as const;
    const plain = defineDaemon({ options, build() {} });
    expect(optionsFromEnvironment(plain.options, { PORT: "2", HOST: "h" })).to.deep.equal({
      host: "h",
    });
  });

  const refused: [options: object, message: string][] = [
    [{ port: 1.5 }, 'the option "port" takes an integer, not 1.5'],
    [{ port: 70_000 }, 'the option "port" cannot be 70000: ports are under 65536'],
    [{ level: "warn" }, 'the option "level" takes one of debug, error, not "warn"'],
    [{ peers: "a" }, 'the option "peers" takes a list of strings, not "a"'],
    [{ backoff: ["a"] }, 'the option "backoff" takes a list of numbers, not ["a"]'],
    [{ apiKey: 7 }, 'the option "apiKey" takes a string, not what was given'],
    [{ apiKey: undefined }, 'the option "apiKey" has to be given'],
    [{ ports: 1 }, 'there is no option "ports"; did you mean port?'],
  ];
  for (const [options, message] of refused) {
    it(`a program's are refused: ${message}`, () => {
      expect(() => daemon(reactor, { apiKey, ...options }))
        .to.throw(BadOptionError)
        .with.property("message", message);
    });
  }

  it("a check may throw, and a schema may not take time", () => {
    const build = (): void => {};
    const throwing = defineDaemon({
      options: {
        port: {
          type: "number",
          default: 1,
          help,
          check() {
            throw new RangeError("never");
          },
        },
      },
      build,
    });
    expect(() => throwing(reactor, { port: 2 })).to.throw(
      BadOptionError,
      'the option "port" cannot be 2: never',
    );
    const slow = defineDaemon({
      options: {
        port: {
          type: "number",
          default: 1,
          help,
          check: { "~standard": { validate: () => Promise.resolve({}) } },
        },
      },
      build,
    });
    expect(() => slow(reactor, { port: 2 })).to.throw("its schema takes time");
  });

  const misdeclared: [options: Record<string, unknown>, message: string][] = [
    [
      { level: { type: "choice", choices: ["a"], default: "b", help } },
      'the default of the option "level" takes one of a, not "b"',
    ],
    [{ level: { type: "choice", choices: [], default: "b", help } }, "has no choices"],
    [{ port: { type: "integer", default: 1.5, help } }, "takes an integer, not 1.5"],
    [{ port: { type: "integer", help } }, "has no default, and is not required"],
    [{ port: { type: "integer", default: 1, required: true, help } }, "is required, and has"],
  ];
  for (const [options, message] of misdeclared) {
    it(`a declaration is refused that ${message}`, () => {
      expect(() => defineDaemon({ options: options as OptionDeclarations, build() {} })).to.throw(
        BadOptionError,
        message,
      );
    });
  }
});
