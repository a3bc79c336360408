import { expect } from "chai";
import {
  createReactor,
  NotATerminalError,
  Protocol,
  ReactorNotRunningError,
  type ScriptedProcess,
  StdioInUseError,
} from "skein";
import { CancelledError, type Failure } from "skein/defer";
import { ClockWorld, type ClockOptions, type StdioOptions } from "skein/reactor";
import { failureOf } from "../support/processes.ts";

const MEBIBYTE = 1024 * 1024;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

class Shouting extends Protocol {
  readonly events: string[] = [];
  override dataReceived(data: Uint8Array): void {
    this.transport.write(text(data).toUpperCase());
  }
  override connectionLost({ value }: Failure): void {
    const { name, cause } = value as Error & { cause?: { code?: string } };
    this.events.push(`lost ${name} ${cause?.code ?? ""}`.trim());
  }
}

/** Runs a protocol with a program at the other end, until nothing is left to happen. */
async function run(
  stdio: ClockOptions["stdio"],
  protocol: Protocol,
  options?: StdioOptions,
): Promise<string[]> {
  const trace: string[] = [];
  const reactor = createReactor("clock", {
    ...(stdio !== undefined && { stdio }),
    trace: ({ at, event }) => event.startsWith("stdio") && trace.push(`${at} ${event}`),
  });
  const stopped = reactor.run();
  await reactor.openStdio(protocol, options);
  expect(reactor.inspect().map(({ kind }) => kind)).to.include("stdio");
  await stopped;
  expect(reactor.inspect()).to.deep.equal([]);
  return trace;
}

describe("standard input and output in virtual time", () => {
  it("are a connection with a program", async () => {
    const heard: string[] = [];
    const program = async (other: ScriptedProcess): Promise<void> => {
      await other.write("tea");
      await other.sleep(2);
      await other.write("coffee");
      for await (const data of other.stdin) {
        heard.push(text(data));
        if (heard.join("") === "TEACOFFEE") other.exit();
      }
    };
    const protocol = new Shouting();
    const trace = await run(program, protocol);
    expect(heard).to.deep.equal(["TEA", "COFFEE"]);
    expect(protocol.events).to.deep.equal(["lost ConnectionDoneError"]);
    expect(trace.find((line) => line.includes("in 6"))).to.match(/^2 /);
    heard.length = 0;
    expect(await run(program, new Shouting())).to.deep.equal(trace);
  });

  it("are as with /dev/null without one", async () => {
    class Writing extends Shouting {
      override connectionMade(): void {
        this.transport.write(new Uint8Array(MEBIBYTE));
      }
    }
    const protocol = new Writing();
    await run(undefined, protocol);
    expect(protocol.events).to.deep.equal(["lost ConnectionDoneError"]);
  });

  it("go on in one direction when the other has ended, both ways", async () => {
    let bytes = 0;
    class Counting extends Shouting {
      readConnectionLost(): void {
        this.events.push("read lost");
        this.transport.write(new Uint8Array(MEBIBYTE));
        this.transport.loseConnection();
      }
    }
    const counting = new Counting();
    await run(async (other) => {
      other.close(1);
      await other.sleep(1);
      for await (const data of other.stdin) bytes += data.length;
    }, counting);
    expect(bytes).to.equal(MEBIBYTE);
    expect(counting.events).to.deep.equal(["read lost", "lost ConnectionDoneError"]);

    class Mute extends Shouting {
      override connectionMade(): void {
        this.transport.write("last words");
        this.transport.loseWriteConnection();
      }
      override dataReceived(data: Uint8Array): void {
        this.events.push(text(data));
      }
      readConnectionLost(): void {}
      writeConnectionLost(): void {
        this.events.push("write lost");
      }
    }
    const mute = new Mute();
    await run(async (other) => {
      for await (const data of other.stdin) expect(text(data)).to.equal("last words");
      await other.write("still here");
    }, mute);
    expect(mute.events).to.deep.equal(["write lost", "still here", "lost ConnectionDoneError"]);
  });

  it("hold up a writer whose reader is slow", async () => {
    const drained: number[] = [];
    const reactor = createReactor("clock", {
      async stdio(other: ScriptedProcess) {
        await other.sleep(5);
        for await (const _ of other.stdin);
      },
    });
    const stopped = reactor.run();
    const transport = await reactor.openStdio(new Shouting());
    expect(transport.write(new Uint8Array(MEBIBYTE))).to.equal(false);
    expect(transport.bufferedBytes).to.be.greaterThan(900_000);
    await transport.whenDrained();
    drained.push(reactor.seconds());
    transport.loseConnection();
    await stopped;
    expect(drained).to.deep.equal([5]);
  });

  it("are lost by EPIPE when the other end is gone", async () => {
    class Late extends Shouting {
      readConnectionLost(): void {
        this.transport.write("hello?");
      }
    }
    const protocol = new Late();
    await run(() => {}, protocol);
    expect(protocol.events).to.deep.equal(["lost ConnectionLostError EPIPE"]);
  });

  it("are drained when the reactor stops", async () => {
    let bytes = 0;
    const world = new ClockWorld({
      async stdio(other: ScriptedProcess) {
        await other.sleep(0.5);
        for await (const data of other.stdin) bytes += data.length;
      },
    });
    const reactor = createReactor("clock", { world });
    // What is in a pipe is read when the writer is gone, if time goes on.
    const time = createReactor("clock", { world });
    time.callLater(10, () => {});
    const stopped = Promise.all([reactor.run(), time.run()]);
    const transport = await reactor.openStdio(new Shouting());
    transport.write(new Uint8Array(MEBIBYTE));
    reactor.stop();
    const late = reactor.openStdio(new Shouting());
    expect(await failureOf(late)).to.be.instanceOf(StdioInUseError);
    await stopped;
    expect(bytes).to.equal(MEBIBYTE);
  });

  it("are cut off when nobody reads while the reactor stops", async () => {
    const reactor = createReactor("clock", {
      drainSeconds: 3,
      stdio: (other: ScriptedProcess) => other.sleep(1000),
    });
    const stopped = reactor.run();
    const protocol = new Shouting();
    (await reactor.openStdio(protocol)).write(new Uint8Array(MEBIBYTE));
    reactor.addSystemEventTrigger("during", "shutdown", async () => {
      expect(await failureOf(reactor.openStdio(new Shouting()))).to.be.instanceOf(
        ReactorNotRunningError,
      );
    });
    reactor.stop();
    await stopped;
    expect(reactor.seconds()).to.equal(3);
    expect(protocol.events).to.deep.equal(["lost ConnectionLostError"]);
  });

  it("belong to one protocol at a time, in the whole world, and can be opened again", async () => {
    const world = new ClockWorld({ stdio: (other) => other.sleep(1000) });
    const [one, other] = [createReactor("clock", { world }), createReactor("clock", { world })];
    const over = [one.run(), other.run()];
    const cancelled = one.openStdio(new Shouting());
    cancelled.cancel();
    expect(await failureOf(cancelled)).to.be.instanceOf(CancelledError);
    const transport = await one.openStdio(new Shouting());
    for (const reactor of [one, other]) {
      expect(await failureOf(reactor.openStdio(new Shouting()))).to.be.instanceOf(StdioInUseError);
    }
    transport.loseConnection();
    await new Promise<void>((resolve) => void one.callLater(0.1, resolve));
    (await other.openStdio(new Shouting())).loseConnection();
    await Promise.all(over);
  });

  it("have a raw mode if they are a terminal", async () => {
    class Prompting extends Shouting {
      override connectionMade(): void {
        this.transport.write("?");
        this.transport.loseConnection();
      }
    }
    const reading = async (other: ScriptedProcess): Promise<void> => {
      for await (const _ of other.stdin);
    };
    const trace = await run({ program: reading, terminal: true }, new Prompting(), { raw: true });
    expect(trace.map((line) => line.split(" ").slice(2).join(" ").replace(/ #.*/, ""))) //
      .to.deep.equal(["raw", "out 1", "not raw", "closed"]);

    const reactor = createReactor("clock", { stdio: reading });
    const stopped = reactor.run();
    const refused = reactor.openStdio(new Shouting(), { raw: true });
    expect(await failureOf(refused)).to.be.instanceOf(NotATerminalError);
    const transport = await reactor.openStdio(new Shouting());
    expect(transport.isTerminal).to.equal(false);
    expect(() => transport.setRawMode(true)).to.throw(NotATerminalError);
    transport.loseConnection();
    await stopped;
  });
});
