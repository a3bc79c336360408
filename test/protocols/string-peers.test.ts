/** Our protocols of strings talk to Twisted's, both ways, over sockets. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { Deferred } from "skein/defer";
import {
  ClientFactory,
  Factory,
  Int16StringReceiver,
  Int32StringReceiver,
  NetstringReceiver,
  type StringReceiver,
} from "skein/protocols";
import { createReactor, type Reactor } from "skein/reactor";
import { needsTwisted, PYTHON } from "../support/twisted.ts";

const SCRIPT = fileURLToPath(new URL("./string-peers.py", import.meta.url));
const MAX_LENGTH = 2_000_000;

type ReceiverClass = abstract new () => StringReceiver;
/** The compiler cannot know that what is abstract in them is there. */
type Concrete = new () => StringReceiver;

function echoing(base: ReceiverClass): Concrete {
  abstract class Echo extends base {
    override maxLength = MAX_LENGTH;
    override stringReceived(string: Uint8Array): void {
      this.sendString(string);
    }
  }
  return Echo as unknown as Concrete;
}

/** Sends strings of many lengths; fires when all have come back. */
function client(base: ReceiverClass, back: Deferred<number>): Concrete {
  const strings = Array.from({ length: 200 }, (_, i) => Buffer.alloc((i * i) % 7000, i));
  if (base === Int32StringReceiver) strings.push(Buffer.alloc(1_000_000, 120));
  let seen = 0;
  abstract class Client extends base {
    override maxLength = MAX_LENGTH;
    override connectionMade(): void {
      for (const string of strings) this.sendString(string);
    }
    override stringReceived(string: Uint8Array): void {
      if (!strings[seen++]?.equals(string)) this.transport.abortConnection(new Error("another"));
      else if (seen === strings.length) this.transport.loseConnection();
    }
    override connectionLost(): void {
      back.callback(seen);
    }
  }
  return Client as unknown as Concrete;
}

describe("strings of Twisted's", function () {
  this.timeout(20_000);
  let child: ChildProcess | undefined;

  before(function () {
    needsTwisted(this);
  });
  afterEach(() => child?.kill());

  async function firstLine(...args: string[]): Promise<string> {
    const peer = spawn(PYTHON, [SCRIPT, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    child = peer;
    const [line] = (await once(createInterface({ input: peer.stdout }), "line")) as [string];
    return line;
  }

  async function running(use: (reactor: Reactor<"tcp">) => Promise<void>): Promise<void> {
    const reactor = createReactor("libuv");
    const stopped = reactor.run();
    try {
      await use(reactor);
    } finally {
      reactor.stop();
      await stopped;
    }
  }

  for (const base of [Int16StringReceiver, Int32StringReceiver, NetstringReceiver]) {
    it(`${base.name}: our client, their server`, () =>
      running(async (reactor) => {
        const port = Number(await firstLine("serve", base.name));
        const back = new Deferred<number>();
        reactor.connectTCP("127.0.0.1", port, ClientFactory.forProtocol(client(base, back)));
        expect(await back).to.equal(base === Int32StringReceiver ? 201 : 200);
      }));

    it(`${base.name}: their client, our server`, () =>
      running(async (reactor) => {
        const port = await reactor.listenTCP(0, Factory.forProtocol(echoing(base)));
        const said = await firstLine("connect", base.name, String(port.getHost().port));
        expect(said).to.equal("all came back");
      }));
  }
});
