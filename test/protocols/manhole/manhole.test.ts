import { expect } from "chai";
import {
  BadOptionError,
  type Deferred,
  deferLater,
  fail,
  serveManhole,
  type TCPManholeOptions,
  type UNIXManholeOptions,
} from "skein";
import { Operator } from "../../support/manhole-operator.ts";
import { type OnClock, onClock } from "../../support/on-clock.ts";

const PATH = "/run/tea.manhole";
const PORT = 2323;

/** With somebody who has got in, by lines. */
const inside = (
  namespace: Record<string, unknown>,
  body: (operator: Operator, reactor: OnClock) => Promise<void>,
  options: Partial<UNIXManholeOptions> = {},
): Promise<void> =>
  onClock(async ({ reactor }) => {
    await serveManhole(reactor, { path: PATH, namespace, ...options });
    const operator = await Operator.unix(reactor, PATH);
    await operator.until(">>> ");
    await body(operator, reactor);
  });

/** Each line, and what is answered. */
const conversations: Record<string, readonly (readonly [line: string, answer: string])[]> = {
  "expressions, with the names of the namespace": [
    ["1 + 1", "2"],
    ["cups.brewed + 1", "4"],
    ["_ * 10", "40"],
    ["brew('tea')", "'a cup of tea'"],
    ["({ a: 1 })", "{ a: 1 }"],
    ["{ a: 1 }", "{ a: 1 }"],
    ["{ let b = 2; b }", "2"],
    ["undefined", ""],
    ["", ""],
    ["typeof process", "'object'"],
    ["this === undefined", "false"],
  ],
  "names that stay": [
    ["x = 5", "5"],
    ["const y = x + 1", ""],
    ["let { brewed } = cups", ""],
    ["function twice(n) { return 2 * n }", "[Function: twice]"],
    ["class Pot {}", "[class Pot]"],
    ["[x, y, brewed, twice(y), new Pot()]", "[ 5, 6, 3, 12, Pot {} ]"],
    ["for (let i = 0; i < 3; i++) x += i", "8"],
    ["cups = { brewed: 9 }", "{ brewed: 9 }"],
    ["const z = await Promise.resolve(7)", "7"],
    ["z", "7"],
    ["await 1; await 2", ""],
  ],
  errors: [
    ["nothing", "ReferenceError: nothing is not defined"],
    ["toString2()", "ReferenceError: toString2 is not defined"],
    ["1 +* 2", "SyntaxError: Unexpected token '*'"],
    ["f(a b)", "SyntaxError: missing ) after argument list"],
    ["spill()", "RangeError: out of tea"],
    ["throw 5", "thrown: 5"],
    ["Promise.reject(new Error('late'))", "Error: late"],
    ["await spill()", "RangeError: out of tea"],
    ["failing()", "RangeError: out of cups"],
    ["JSON.parse('(')", "SyntaxError: Unexpected token '(', \"(\" is not valid JSON"],
    [
      "({ get a() { throw 1 }, [Symbol.for('nodejs.util.inspect.custom')]() { throw 2 } })",
      "(a value that cannot be shown: 2)",
    ],
  ],
};

const namespace = (): Record<string, unknown> => ({
  cups: { brewed: 3 },
  brew: (what: string) => `a cup of ${what}`,
  spill() {
    throw new RangeError("out of tea");
  },
  failing: () => fail(new RangeError("out of cups")),
});

describe("the manhole", () => {
  for (const [title, conversation] of Object.entries(conversations)) {
    it(`evaluates ${title}`, () =>
      inside(namespace(), async (operator) => {
        for (const [line, answer] of conversation) {
          expect(await operator.ask(line), line).to.equal(answer);
        }
      }));
  }

  it("changes what the namespace has, and keeps other names to the session", () => {
    const names = namespace();
    return inside(names, async (operator, reactor) => {
      await operator.ask("cups = 4");
      await operator.ask("mine = 5");
      expect([names.cups, names.mine]).to.deep.equal([4, undefined]);
      const other = await Operator.unix(reactor, PATH);
      await other.until(">>> ");
      expect(await other.ask("[cups, typeof globalThis.mine]")).to.equal("[ 4, 'undefined' ]");
      expect(await other.ask("mine")).to.equal("ReferenceError: mine is not defined");
    });
  });

  it("waits for results, and leaves them as they are", async () => {
    let slow: Deferred<string> | undefined;
    await onClock(async ({ reactor }) => {
      const later = (): Deferred<string> =>
        (slow = deferLater(reactor, 30).addCallback(() => "brewed"));
      await serveManhole(reactor, { path: PATH, namespace: { later } });
      const operator = await Operator.unix(reactor, PATH);
      await operator.until(">>> ");
      operator.type("later()\n1 + 1\n");
      expect(await operator.until(">>> ")).to.equal("'brewed'\r\n>>> ");
      expect(await operator.until(">>> ")).to.equal("2\r\n>>> ");
      expect(reactor.seconds()).to.equal(30);
      expect(await slow).to.equal("brewed");
    });
  });

  it("gives the prompt back for ^C, and lets the work go on", () =>
    onClock(async ({ reactor }) => {
      let done = false;
      const later = (): Deferred<void> =>
        deferLater(reactor, 30).addCallback(() => void (done = true));
      await serveManhole(reactor, { path: PATH, namespace: { later } });
      const operator = await Operator.unix(reactor, PATH);
      await operator.until(">>> ");
      operator.type("later()\n1 + 1\n");
      await deferLater(reactor, 1);
      operator.type("\u00032 + 2\n");
      expect(await operator.until(">>> ")).to.include("interrupted");
      expect(await operator.until(">>> ")).to.equal("4\r\n>>> ");
      await deferLater(reactor, 40);
      expect([done, operator.text]).to.deep.equal([true, ""]);
    }));

  it("goes on in the next line while brackets are open", () =>
    inside(namespace(), async (operator) => {
      operator.type("[1, 2].map((n) => {\n");
      await operator.until("... ");
      operator.type("return n * 2;\n");
      await operator.until("... ");
      expect(await operator.ask("})")).to.equal("[ 2, 4 ]");
      operator.type("brew(\n");
      await operator.until("... ");
      operator.type("await `te\n");
      await operator.until("... ");
      expect(await operator.ask("a`)")).to.equal("'a cup of te\\na'");
      operator.type("if (true) {\n");
      await operator.until("... ");
      expect(await operator.ask("")).to.equal("SyntaxError: Unexpected end of input");
    }));

  it("says what there is, and ends when it is told to", () =>
    inside(namespace(), async (operator) => {
      expect(await operator.ask("help")).to.include("names: cups, brew, spill, failing");
      operator.type("quit\n1 + 1\n");
      await operator.ended;
      expect(operator.text).to.equal("");
    }));

  it("shows large values in part", () =>
    inside({ large: Array.from({ length: 1e6 }, (_, i) => i) }, async (operator) => {
      expect(await operator.ask("large")).to.match(/999900 more items\n\]$/);
      expect(await operator.ask("'x'.repeat(1e6)")).to.match(/990000 more characters$/);
      const long = await operator.ask("Array(100).fill('y'.repeat(5000))");
      expect(long).to.match(/characters more$/);
      expect(long.length).to.be.lessThan(70_000);
    }));

  it("does all that was said when the peer ends its side, the last line too", () =>
    inside(namespace(), async (operator) => {
      operator.type("1 + 1\nawait Promise.resolve(5)\n'last'");
      operator.transport.loseWriteConnection();
      await operator.ended;
      expect(operator.text).to.equal("2\r\n>>> 5\r\n>>> 'last'\r\n>>> ");
    }));

  it("ends the connection for a line without end", () =>
    inside(namespace(), async (operator) => {
      operator.type("x".repeat(20_000));
      await operator.ended;
    }));

  it("leaves nothing behind when the operator goes in the middle", () =>
    onClock(async ({ reactor }) => {
      const later = (): Deferred<void> => deferLater(reactor, 5);
      await serveManhole(reactor, { path: PATH, namespace: { later }, maxSessions: 1 });
      const operator = await Operator.unix(reactor, PATH);
      const refused = await Operator.unix(reactor, PATH);
      await refused.ended;
      operator.type("later()\n");
      await deferLater(reactor, 1);
      operator.transport.abortConnection();
      await deferLater(reactor, 10);
      const next = await Operator.unix(reactor, PATH);
      await next.until(">>> ");
    }));

  it("slows down who types ahead without end, while something is awaited", () =>
    onClock(async ({ reactor }) => {
      const later = (): Deferred<void> => deferLater(reactor, 50);
      await serveManhole(reactor, { path: PATH, namespace: { later, n: 0 } });
      const operator = await Operator.unix(reactor, PATH);
      await operator.until(">>> ");
      operator.transport.maxBufferedBytes = Infinity;
      operator.type("later()\n");
      const line = `n++ && 0; // ${"x".repeat(1000)}\n`;
      for (let i = 0; i < 1000; i++) operator.type(line);
      await deferLater(reactor, 1);
      expect(operator.transport.bufferedBytes).to.be.greaterThan(200_000);
      operator.type("'the end'\n");
      await operator.until("the end");
    }));

  describe("on a port", () => {
    const behind = (body: (operator: Operator, reactor: OnClock) => Promise<void>): Promise<void> =>
      onClock(async ({ reactor }) => {
        await serveManhole(reactor, {
          port: PORT,
          namespace: namespace(),
          password: "two cups",
          telnet: false,
        });
        const operator = await Operator.tcp(reactor, PORT);
        await operator.until("password: ");
        await body(operator, reactor);
      });

    it("needs a password", () =>
      onClock(async ({ reactor }) => {
        const without = { port: PORT, namespace: {} } as unknown as TCPManholeOptions;
        expect(() => serveManhole(reactor, without)).to.throw(BadOptionError, "needs a password");
        for (const bad of [{ password: "" }, { password: "x", maxSessions: 0 }]) {
          expect(() => serveManhole(reactor, { ...without, ...bad })).to.throw(BadOptionError);
        }
        expect(() => serveManhole(reactor, { path: PATH, mode: -1, namespace: {} })).to.throw(
          BadOptionError,
        );
      }));

    it("lets in who knows it, and is on this machine alone", () =>
      onClock(async ({ reactor }) => {
        const port = await serveManhole(reactor, { port: 0, namespace: {}, password: "x" });
        expect(port.getHost().host).to.equal("127.0.0.1");
      }).then(() =>
        behind(async (operator) => {
          operator.type("two cups\n");
          await operator.until(">>> ");
          expect(await operator.ask("1 + 1")).to.equal("2");
        }),
      ));

    it("lets nobody try for long: each wrong one takes a second, the third is the last", () =>
      behind(async (operator, reactor) => {
        operator.type("two cup\ntwo cups!\n\ntwo cups\n");
        await operator.ended;
        expect(operator.text).to.equal("wrong\r\npassword: wrong\r\npassword: wrong\r\n");
        expect(reactor.seconds()).to.equal(3);
      }));

    it("does not wait for ever", () =>
      behind(async (operator, reactor) => {
        await operator.ended;
        expect(reactor.seconds()).to.equal(60);
        expect(operator.text).to.equal("too late\r\n");
      }));

    it("evaluates nothing before", () =>
      behind(async (operator) => {
        operator.type("globalThis.spilt = 1\n");
        operator.transport.loseWriteConnection();
        await operator.ended;
        expect(globalThis).to.not.have.property("spilt");
      }));
  });

  describe("by telnet", () => {
    const [DO_ECHO, DO_SGA] = [
      [255, 253, 1],
      [255, 253, 3],
    ];
    const telnet = (body: (operator: Operator, reactor: OnClock) => Promise<void>): Promise<void> =>
      onClock(async ({ reactor }) => {
        await serveManhole(reactor, { port: PORT, namespace: namespace(), password: "two cups" });
        const operator = await Operator.tcp(reactor, PORT);
        expect(await operator.until("password: ")).to.equal(
          "\u00FF\u00FB\u0001\u00FF\u00FB\u0003password: ",
        );
        operator.type(Uint8Array.from([...DO_ECHO, ...DO_SGA]));
        await body(operator, reactor);
      });

    it("echoes what is typed, but the password, and edits it", () =>
      telnet(async (operator) => {
        operator.type("two cupx\u007Fs\r\0");
        expect(await operator.until(">>> ")).to.match(/^\r\n/);
        operator.type("1 + 2\u001B[D\u001B[D\u001B[D\u001B[D0\r\0");
        const heard = await operator.until(">>> 10 + 2\u001B[K\u001B[4D");
        expect(heard.startsWith("1 + 2")).to.equal(true);
        expect(await operator.until(">>> ")).to.equal("\r\n12\r\n>>> ");
        operator.type("\u001B[A\u0001[\u0005]\r\0");
        expect(await operator.until("]\r\n")).to.include("[10 + 2\u001B[K]");
        expect(await operator.until(">>> ")).to.equal("[ 12 ]\r\n>>> ");
        operator.type("half\u0003");
        expect(await operator.until(">>> ")).to.equal("half^C\r\n>>> ");
        operator.type("\u0004");
        await operator.ended;
      }));

    it("takes the command to interrupt for ^C, and says that it is there", () =>
      telnet(async (operator) => {
        operator.type("two cups\r\n");
        await operator.until(">>> ");
        operator.type("new Promise(() => {})\r\n");
        await operator.until("\r\n");
        operator.type(Uint8Array.of(255, 244));
        expect(await operator.until(">>> ")).to.include("interrupted");
        operator.type(Uint8Array.of(255, 246));
        await operator.until("[yes]");
      }));
  });
});
