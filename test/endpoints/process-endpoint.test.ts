import { expect } from "chai";
import { type Failure, TimeoutError } from "skein/defer";
import {
  type ClientEndpoint,
  clientFromString,
  ConnectingCancelledError,
  connectProtocol,
  ProcessEndpoint,
  wrapClientTLS,
} from "skein/endpoints";
import { Factory, Protocol } from "skein/protocols";
import {
  BadOptionError,
  type backends,
  CommandNotFoundError,
  ConnectionAbortedError,
  ConnectionDoneError,
  ConnectionLostError,
  createReactor,
  NoProtocolError,
  type ProcessProgram,
  ProcessTerminatedError,
  type ReactorOn,
  type ScriptedProcess,
  TLSError,
  WriteOverflowError,
} from "skein/reactor";
import { collectUnhandled } from "../support/outcomes.ts";
import { failureOf } from "../support/processes.ts";

const decoder = new TextDecoder();

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const data of stream) text += decoder.decode(data, { stream: true });
  return text;
}

/** The same commands for both backends: as scripts of a shell, and of the clock. */
const COMMANDS: Readonly<Record<string, { shell: string; program: ProcessProgram }>> = {
  echo: {
    shell: "exec cat",
    async program(child: ScriptedProcess) {
      for await (const data of child.stdin) await child.write(data);
    },
  },
  /** Answers when it has read all. */
  count: {
    shell: "wc -c | tr -d ' \\n'",
    async program(child: ScriptedProcess) {
      await child.write(String((await textOf(child.stdin)).length));
    },
  },
  fail: {
    shell: "printf bye; exit 3",
    async program(child: ScriptedProcess) {
      await child.write("bye");
      child.exit(3);
    },
  },
  /** Reads nothing, and stays. */
  deaf: {
    shell: "exec sleep 1000",
    program: (child: ScriptedProcess) => child.sleep(1000),
  },
  grumble: {
    shell: "printf oh no >&2; printf fine",
    async program(child: ScriptedProcess) {
      await child.write("ohno", 2);
      await child.write("fine");
    },
  },
};

class Talk extends Protocol {
  text = "";
  readonly lost: Promise<unknown>;
  #lost!: (error: unknown) => void;
  #waiting: () => void = () => {};
  made: () => void = () => {};

  constructor() {
    super();
    this.lost = new Promise((resolve) => (this.#lost = resolve));
  }
  override connectionMade(): void {
    this.made();
  }
  override dataReceived(data: Uint8Array): void {
    this.text += decoder.decode(data, { stream: true });
    this.#waiting();
  }
  heard(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = () => {
        if (this.text.includes(text)) resolve();
      };
      this.#waiting();
    });
  }
  override connectionLost(reason: Failure): void {
    this.#lost(reason.value);
  }
}

/** One that goes on reading when it has said all, and the other way around. */
class HalfTalk extends Talk {
  ended = "";
  readConnectionLost(): void {
    this.ended += "read ";
  }
  writeConnectionLost(): void {
    this.ended += "write ";
  }
}

for (const backend of ["libuv", "clock"] as const) {
  describe(`ProcessEndpoint on ${backend}`, () => {
    const unhandled = collectUnhandled();
    let reactor: ReactorOn<typeof backends.libuv>;
    let stopped: PromiseLike<void>;

    beforeEach(() => {
      const processes = Object.fromEntries(
        Object.entries(COMMANDS).map(([name, { program }]) => [name, program]),
      );
      reactor =
        backend === "libuv" ? createReactor("libuv") : createReactor("clock", { processes });
      reactor.callLater(100, () => {});
      stopped = reactor.run();
    });
    afterEach(async () => {
      if (reactor.running) reactor.stop();
      await stopped;
      const left = reactor.inspect().filter(({ kind }) => kind !== "delayed call");
      expect(left.map(({ kind, description }) => `${kind}: ${description}`)).to.deep.equal([]);
      expect(unhandled).to.deep.equal([]);
    });

    const endpoint = (
      name: string,
      options: { errors?: (data: Uint8Array) => void } = {},
    ): ClientEndpoint =>
      backend === "clock"
        ? new ProcessEndpoint(reactor, name, options)
        : new ProcessEndpoint(reactor, "sh", {
            args: ["-c", COMMANDS[name]?.shell ?? ""],
            ...options,
          });
    /** Lets time pass in which much may happen. */
    const aWhile = (): Promise<void> =>
      new Promise((resolve) => {
        reactor.callLater(0.05, resolve);
      });

    it("connects between connectionMade and the first bytes; exchanges; ends cleanly", async () => {
      const talk = new Talk();
      const events: string[] = [];
      talk.made = () => {
        events.push("made");
        talk.transport.write("tea");
      };
      const connected = connectProtocol(endpoint("echo"), talk);
      connected.addCallback((found) => {
        events.push(`connected ${found.text}`);
        return found;
      });
      expect(events).to.deep.equal([]);
      expect(await connected).to.equal(talk);
      expect(events).to.deep.equal(["made", "connected "]);
      await talk.heard("tea");
      talk.transport.loseConnection();
      expect(await talk.lost).to.be.instanceOf(ConnectionDoneError);
    });

    it("hands on much, in both directions, whole", async () => {
      const talk = await connectProtocol(endpoint("echo"), new Talk());
      const text = "abcdefghij".repeat(100_000);
      talk.transport.write(text);
      await talk.heard(text);
      expect(talk.text).to.equal(text);
    });

    it("is read from when it has been told all", async () => {
      const talk = await connectProtocol(endpoint("count"), new HalfTalk());
      talk.transport.write("tea");
      talk.transport.loseWriteConnection();
      expect(await talk.lost).to.be.instanceOf(ConnectionDoneError);
      expect(talk.text).to.equal("3");
      expect(talk.ended).to.equal("write read ");
    });

    it("ends with how it has exited, behind its last words, unless that was well", async () => {
      const talk = await connectProtocol(endpoint("fail"), new Talk());
      const error = await talk.lost;
      expect(error).to.be.instanceOf(ProcessTerminatedError).with.property("exitCode", 3);
      expect(talk.text).to.equal("bye");
    });

    it("takes what was written before it ends, and is not told of the rest", async () => {
      const text = "x".repeat(300_000);
      const talk = await connectProtocol(endpoint("echo"), new Talk());
      talk.transport.write(text);
      talk.transport.loseConnection();
      talk.transport.write("dropped");
      expect(await talk.lost).to.be.instanceOf(ConnectionDoneError);
    });

    it("says when it is behind, and again when it has caught up", async () => {
      const talk = await connectProtocol(endpoint("deaf"), new Talk());
      expect(talk.transport.write("x".repeat(1_000_000))).to.equal(false);
      expect(talk.transport.bufferedBytes).to.be.above(talk.transport.highWaterBytes);
      let drained = false;
      talk.transport.whenDrained().addBoth(() => (drained = true));
      await aWhile();
      expect(drained).to.equal(false);
      talk.transport.abortConnection();
      expect(await talk.lost).to.be.instanceOf(ConnectionAbortedError);

      const other = await connectProtocol(endpoint("count"), new HalfTalk());
      other.transport.write("x".repeat(1_000_000));
      await other.transport.whenDrained();
      expect(other.transport.bufferedBytes).to.be.most(other.transport.lowWaterBytes);
    });

    it("is cut off when too much waits for it", async () => {
      const talk = await connectProtocol(endpoint("deaf"), new Talk());
      talk.transport.maxBufferedBytes = 500_000;
      talk.transport.write("x".repeat(1_000_000));
      expect(await talk.lost).to.be.instanceOf(WriteOverflowError);
    });

    it("is ended when it has not exited closeTimeout after its end was asked for", async () => {
      const talk = await connectProtocol(endpoint("deaf"), new Talk());
      talk.transport.closeTimeout = 0.05;
      talk.transport.loseConnection();
      expect(await talk.lost)
        .to.be.instanceOf(TimeoutError)
        .with.property("message")
        .that.includes("has not exited in 0.05 seconds after its input was closed");
    });

    it("delivers nothing while it is paused, and all of it afterwards", async () => {
      const talk = new Talk();
      talk.made = () => talk.transport.pauseProducing();
      await connectProtocol(endpoint("fail"), talk);
      await aWhile();
      expect(talk.text).to.equal("");
      talk.transport.resumeProducing();
      expect(await talk.lost).to.be.instanceOf(ProcessTerminatedError);
      expect(talk.text).to.equal("bye");
    });

    it("hands its standard error to who asks for it", async () => {
      let errors = "";
      const talk = await connectProtocol(
        endpoint("grumble", { errors: (data) => (errors += decoder.decode(data)) }),
        new Talk(),
      );
      expect(await talk.lost).to.be.instanceOf(ConnectionDoneError);
      expect(errors.replace(" ", "")).to.match(/^oh/);
      expect(talk.text).to.equal("fine");
    });

    it("starts the command anew for each connect()", async () => {
      const echo = endpoint("echo");
      const [one, other] = [new Talk(), new Talk()];
      await connectProtocol(echo, one);
      await connectProtocol(echo, other);
      one.transport.write("one");
      other.transport.write("other");
      await one.heard("one");
      await other.heard("other");
      expect([one.text, other.text]).to.deep.equal(["one", "other"]);
    });

    it("fails when there is no such command", async () => {
      const factory = Factory.forProtocol(Talk);
      const missing = new ProcessEndpoint(reactor, "/no/such/command");
      expect(await failureOf(missing.connect(factory))).to.be.instanceOf(CommandNotFoundError);
    });

    it("fails for options that cannot be", async () => {
      const bad = new ProcessEndpoint(reactor, "cat", { uid: -1 });
      expect(await failureOf(bad.connect(Factory.forProtocol(Talk)))).to.be.instanceOf(
        BadOptionError,
      );
    });

    it("gives up when it is cancelled, and leaves no process", async () => {
      const connecting = endpoint("deaf").connect(Factory.forProtocol(Talk));
      connecting.cancel();
      expect(await failureOf(connecting)).to.be.instanceOf(ConnectingCancelledError);
      await aWhile();
      expect(reactor.inspect().filter(({ kind }) => kind === "process")).to.deep.equal([]);
    });

    it("ends the command for which the factory builds nothing", async () => {
      class Nobody extends Factory {
        override buildProtocol(): null {
          return null;
        }
      }
      const failure = await failureOf(endpoint("echo").connect(new Nobody()));
      expect(failure).to.be.instanceOf(NoProtocolError);
    });

    it("ends with the reactor", async () => {
      const talk = await connectProtocol(endpoint("deaf"), new Talk());
      reactor.stop();
      await stopped;
      const error = await talk.lost;
      expect(
        error instanceof ProcessTerminatedError || error instanceof ConnectionLostError,
      ).to.equal(true);
    });

    it("carries TLS, which fails where the command talks something else", async () => {
      const secured = wrapClientTLS({ serverName: "tea.example" }, endpoint("fail"));
      expect(await failureOf(connectProtocol(secured, new Talk()))).to.be.instanceOf(TLSError);
    });
  });
}

describe("process: strings", () => {
  it("give the command its arguments", async () => {
    const reactor = createReactor("libuv");
    const stopped = reactor.run();
    const talk = new Talk();
    const string = String.raw`process:printf:%s-%s-%s:a\:b::c\=d`;
    await connectProtocol(clientFromString(reactor, string), talk);
    expect(await talk.lost).to.be.instanceOf(ConnectionDoneError);
    expect(talk.text).to.equal("a:b--c=d");
    reactor.stop();
    await stopped;
  });
});
