import { expect } from "chai";
import fc from "fast-check";
import { TelnetOption, TelnetProtocol, type TelnetSide } from "skein/protocols";
import { BadOptionError } from "skein";
import { StringTransport } from "skein/testing";
import { fuzz } from "../../support/fuzz.ts";

const NAMES: Record<number, string> = { 251: "WILL", 252: "WONT", 253: "DO", 254: "DONT" };
const [WILL, WONT, DO, DONT] = [251, 252, 253, 254] as const;

class Side extends TelnetProtocol {
  readonly log: string[] = [];
  agreeable = new Set<number>();
  readonly #transport = new StringTransport();

  constructor() {
    super();
    this.makeConnection(this.#transport);
  }

  /** What it has sent since it was asked last. */
  sent(): string[] {
    const bytes = this.takeSent();
    const verbs: string[] = [];
    for (let i = 0; i < bytes.length; i += 3)
      verbs.push(`${NAMES[bytes[i + 1] ?? 0]} ${bytes[i + 2]}`);
    return verbs;
  }

  takeSent(): Uint8Array {
    const bytes = this.#transport.bytes();
    this.#transport.clear();
    return bytes;
  }

  get string(): StringTransport {
    return this.#transport;
  }

  hear(...bytes: number[]): void {
    this.dataReceived(Uint8Array.from(bytes));
  }

  override telnetDataReceived(): void {}
  override enableLocal(option: number): boolean {
    return this.agreeable.has(option);
  }
  override enableRemote(option: number): boolean {
    return this.agreeable.has(option);
  }
  override optionChanged(side: TelnetSide, option: number, enabled: boolean): void {
    this.log.push(`${side} ${option} ${enabled ? "on" : "off"}`);
  }
  override windowSizeReceived(columns: number, rows: number): void {
    this.log.push(`${columns}x${rows}`);
  }
  override terminalTypeReceived(name: string): void {
    this.log.push(name);
  }
}

/** Writes down what becomes of a wish. */
function note(side: Side, name: string, wish: ReturnType<TelnetProtocol["will"]>): void {
  wish.addCallbacks(
    () => void side.log.push(`${name} done`),
    (failure) => void side.log.push(`${name}: ${failure.message}`),
  );
}

describe("telnet options", () => {
  it("that the peer asks for are refused unless overridden, once for each time", () => {
    const side = new Side();
    side.hear(255, DO, 1, 255, WILL, 31, 255, DONT, 1, 255, WONT, 31);
    expect(side.sent()).to.deep.equal(["WONT 1", "DONT 31"]);
    expect(side.log).to.deep.equal([]);
  });

  it("that the peer asks for and gets are told once, and answered once", () => {
    const side = new Side();
    side.agreeable.add(1);
    side.hear(255, DO, 1, 255, DO, 1);
    expect(side.sent()).to.deep.equal(["WILL 1"]);
    side.hear(255, DONT, 1, 255, DONT, 1);
    expect(side.sent()).to.deep.equal(["WONT 1"]);
    expect(side.log).to.deep.equal(["local 1 on", "local 1 off"]);
  });

  it("that are asked for fire when the peer agrees, and at once from then on", () => {
    const side = new Side();
    note(side, "first", side.do(TelnetOption.ECHO));
    note(side, "second", side.do(TelnetOption.ECHO));
    expect(side.sent()).to.deep.equal(["DO 1"]);
    side.hear(255, WILL, 1);
    note(side, "third", side.do(TelnetOption.ECHO));
    expect(side.log).to.deep.equal(["remote 1 on", "first done", "second done", "third done"]);
    expect(side.sent()).to.deep.equal([]);
    expect(side.isEnabled("remote", 1)).to.equal(true);
  });

  it("that the peer refuses fail, and may be asked for again", () => {
    const side = new Side();
    note(side, "first", side.will(1));
    side.hear(255, DONT, 1);
    note(side, "again", side.will(1));
    side.hear(255, DO, 1);
    expect(side.sent()).to.deep.equal(["WILL 1", "WILL 1"]);
    expect(side.log).to.deep.equal([
      "first: OptionRefusedError: the peer has refused WILL 1",
      "local 1 on",
      "again done",
    ]);
  });

  it("that are unasked for while they are asked for end as the last one said", () => {
    const side = new Side();
    note(side, "will", side.will(1));
    note(side, "wont", side.wont(1));
    expect(side.sent()).to.deep.equal(["WILL 1"]);
    side.hear(255, DO, 1);
    expect(side.sent()).to.deep.equal(["WONT 1"]);
    note(side, "will again", side.will(1));
    side.hear(255, DONT, 1);
    expect(side.sent()).to.deep.equal(["WILL 1"]);
    side.hear(255, DO, 1);
    expect(side.log).to.deep.equal([
      "local 1 on",
      "will done",
      "local 1 off",
      "wont done",
      "local 1 on",
      "will again done",
    ]);
  });

  it("are told of the end, and refuse to wait after it", () => {
    const side = new Side();
    note(side, "waiting", side.do(1));
    side.connectionLost(side.string.lose());
    note(side, "late", side.do(1));
    expect(side.log.map((line) => line.split(": ")[1])).to.deep.equal([
      "ConnectionDoneError",
      "ConnectionDoneError",
    ]);
  });

  it("that nobody waits for any more are negotiated all the same", () => {
    const side = new Side();
    const wish = side.do(1);
    note(side, "wish", wish);
    wish.cancel();
    side.hear(255, WILL, 1);
    expect(side.log).to.deep.equal([
      "wish: CancelledError: the operation was cancelled",
      "remote 1 on",
    ]);
  });

  it("have numbers from 0 to 254", () => {
    for (const option of [-1, 255, 1.5, Number.NaN]) {
      expect(() => void new Side().will(option)).to.throw(BadOptionError, "is no telnet option");
    }
  });

  it("bring a window's size and a terminal's type, once they are in force", () => {
    const side = new Side();
    const size = [255, 250, 31, 0, 80, 1, 0, 255, 240];
    side.hear(...size);
    note(side, "size", side.do(TelnetOption.WINDOW_SIZE));
    note(side, "type", side.do(TelnetOption.TERMINAL_TYPE));
    side.hear(255, WILL, 31, 255, WILL, 24, ...size, 255, 250, 24, 0, 86, 84, 255, 240);
    side.takeSent();
    side.askTerminalType();
    expect([...side.takeSent()]).to.deep.equal([255, 250, 24, 1, 255, 240]);
    expect(side.log.slice(-2)).to.deep.equal(["80x256", "VT"]);
  });

  it("of a peer that is asked whether it is there are answered", () => {
    const side = new Side();
    side.hear(255, 246);
    expect(side.string.text()).to.equal("\r\n[yes]\r\n");
  });

  const deed = fc.tuple(fc.boolean(), fc.constantFrom("will", "wont", "do", "dont"), fc.boolean());
  fuzz(
    "settle on the same, with no end of talk, whatever two sides ask for",
    fc.property(fc.array(deed, { maxLength: 12 }), fc.boolean(), fc.boolean(), (deeds, a, b) => {
      const sides = [new Side(), new Side()] as const;
      if (a) sides[0].agreeable.add(1);
      if (b) sides[1].agreeable.add(1);
      let open = 0;
      let sent = 0;
      const exchange = (): boolean => {
        const [first, second] = [sides[0].takeSent(), sides[1].takeSent()];
        sent += (first.length + second.length) / 3;
        sides[1].dataReceived(first);
        sides[0].dataReceived(second);
        return first.length + second.length > 0;
      };
      for (const [isFirst, verb, thenExchange] of deeds) {
        open++;
        sides[isFirst ? 0 : 1][verb](1).addBoth(() => void open--);
        if (thenExchange) exchange();
      }
      while (exchange()) expect(sent).to.be.at.most(6 * deeds.length + 4);
      expect(open).to.equal(0);
      expect(sides[0].isEnabled("local", 1)).to.equal(sides[1].isEnabled("remote", 1));
      expect(sides[1].isEnabled("local", 1)).to.equal(sides[0].isEnabled("remote", 1));
    }),
  );
});
