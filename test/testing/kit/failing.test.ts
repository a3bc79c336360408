import { expect } from "chai";
import { Deferred, fail } from "skein/defer";
import { Factory, Protocol } from "skein/protocols";
import type { ReactorTime } from "skein/reactor";
import { deferLater, LoopingCall } from "skein/task";
import { LineClient } from "skein/testing";
import { DirtyReactorError, TestDeadlineError, UnexpectedErrorsError } from "skein/testing/mocha";
import { failureOnClock, runOnClock, said } from "../../support/kit-runs.ts";

function remind(): void {}

describe("a test of the kit that fails", () => {
  it("says what was thrown, and nothing else, if that is all", async () => {
    const error = new Error("wrong");
    expect(await failureOnClock(() => Promise.reject(error))).to.equal(error);
    expect(error.message).to.equal("wrong");
    const thrown = await failureOnClock(() => {
      throw new RangeError("at once");
    });
    expect(thrown).to.be.instanceOf(RangeError);
  });

  it("names what is left on its reactor, and where that was made", async () => {
    const error = await failureOnClock(async (reactor) => {
      reactor.callLater(180, remind);
      await reactor.listenTCP(7000, Factory.forProtocol(Protocol));
    });
    expect(error).to.be.instanceOf(DirtyReactorError);
    expect(said(error)).to.deep.equal([
      "the test left 2 things on its reactor:",
      "",
      "  port: 0.0.0.0:7000",
      "      at (failing.test.ts)",
      "  delayed call: remind(), at 180 s",
      "      at (failing.test.ts)",
      "",
      "Cancel or close what the test is done with, or have addCleanup() do it",
    ]);
  });

  it("names delayed calls that are due before all is closed", async () => {
    const error = await failureOnClock((reactor) => void reactor.callLater(0, remind));
    expect(said(error)[2]).to.equal("  delayed call: remind(), at 0 s");
  });

  it("names what is called again and again", async () => {
    const left = async (
      begin: (clock: ReactorTime) => LoopingCall,
    ): Promise<string | undefined> => {
      const error = await failureOnClock(async (reactor) => {
        void begin(reactor).start(2);
        await deferLater(reactor, 5, () => {});
      });
      return said(error)[2];
    };
    expect(await left((clock) => new LoopingCall(clock, remind))).to.include("remind(), at 6 s");
    expect(await left((clock) => LoopingCall.withCount(clock, () => {}))).to.include(
      "LoopingCall(), at 6 s",
    );
  });

  it("names the errors that nobody handled", async () => {
    const error = await failureOnClock(async (reactor) => {
      reactor.callLater(1, () => {
        throw new RangeError("too hot\nby far");
      });
      await deferLater(reactor, 2, () => {});
      fail(new Error("nobody looks"));
    });
    expect(error).to.be.instanceOf(UnexpectedErrorsError);
    expect(said(error)).to.deep.equal([
      "2 errors came that the test did not expect:",
      "",
      "  while running a delayed call: RangeError: too hot",
      "    by far",
      "      at (failing.test.ts)",
      "  a failure in a Deferred that nobody handled: Error: nobody looks",
      "      at (failing.test.ts)",
      "    the Deferred was made",
      "      at (failing.test.ts)",
      "",
      "If that is meant to happen, take it out: flushErrors(RangeError)",
    ]);
    expect((error.cause as Error).message).to.equal("too hot\nby far");
  });

  it("says at once that it waits for ever, for what, and what is open then", async () => {
    const error = await failureOnClock(async (reactor) => {
      await deferLater(reactor, 3, () => {});
      await reactor.listenTCP(7000, Factory.forProtocol(Protocol));
      await new Deferred();
    });
    expect(error).to.be.instanceOf(TestDeadlineError);
    expect(said(error)).to.deep.equal([
      "the test waits for what will never happen: since 3 s nothing has been left to happen on " +
        "virtual time (real timers and sockets do not count there)",
      "",
      "It awaits:",
      "  a Deferred, made",
      "      at (failing.test.ts)",
      "",
      "Open on the reactor:",
      "  port: 0.0.0.0:7000",
      "      at (failing.test.ts)",
    ]);
  });

  it("says that its time is over", async () => {
    const error = await failureOnClock(
      async (reactor) => {
        for (;;) await deferLater(reactor, 1, () => {});
      },
      { deadline: 4.5 },
    );
    expect(error).to.be.instanceOf(TestDeadlineError);
    expect(said(error)[0]).to.equal("the test has not ended in 4.5 s of virtual time");
  });

  it("says that its reactor has stopped while it waits", async () => {
    const error = await failureOnClock(async (reactor) => {
      reactor.callLater(1, () => reactor.stop());
      await deferLater(reactor, 2, () => {});
    });
    expect(said(error)[0]).to.equal(
      "the test still waits, but the reactor has stopped, and virtual time with it",
    );
  });

  it("tells of the errors that came before, which may be why", async () => {
    const error = await failureOnClock(async (reactor) => {
      reactor.callLater(1, () => {
        throw new RangeError("why");
      });
      await new Deferred();
    });
    expect(error).to.be.instanceOf(TestDeadlineError);
    expect(said(error).join("\n")).to.match(
      /\n\nBeside that: UnexpectedErrorsError: 1 error came[^]*RangeError: why/,
    );
    expect(error.stack).to.include("RangeError: why");
  });

  it("tells of the others where what was thrown cannot", async () => {
    for (const thrown of ["a text", undefined, Object.freeze(new Error("frozen"))]) {
      const error = await failureOnClock(() => {
        fail(new RangeError("the other"));
        // oxlint-disable-next-line typescript/only-throw-error -- It is what this is about.
        throw thrown;
      });
      expect(error).to.be.instanceOf(UnexpectedErrorsError);
      expect(error.message).to.match(/Beside that: ("a text"|undefined|Error: frozen)$/);
    }
  });

  it("names errors that come while its reactor stops", async () => {
    const error = await failureOnClock((reactor) => {
      reactor.addSystemEventTrigger("during", "shutdown", () => {
        throw new RangeError("while it stops");
      });
    });
    expect(error).to.be.instanceOf(UnexpectedErrorsError);
    expect(error.message).to.include("RangeError: while it stops");
  });

  it("ends before its runner gives it up, and says what it awaits", async () => {
    const log: string[] = [];
    const error = await failureOnClock(
      async (_reactor, { addCleanup }) => {
        addCleanup(() => log.push("cleaned up"));
        await new Deferred();
      },
      { byHand: true },
      100,
    );
    expect(error).to.be.instanceOf(TestDeadlineError);
    expect(said(error).slice(0, 4)).to.deep.equal([
      "the test has not ended in 0.09 s of real time: its runner waits little longer",
      "",
      "It awaits:",
      "  a Deferred, made",
    ]);
    expect(log).to.deep.equal(["cleaned up"]);
  });

  it("says that it was not begun, for those before it", async () => {
    const before = new Deferred<void>();
    const first = runOnClock(() => before, { byHand: true });
    let begun = false;
    const second = await failureOnClock(
      () => {
        begun = true;
      },
      {},
      100,
    );
    expect(second).to.be.instanceOf(TestDeadlineError);
    expect(second.message).to.match(/^the test has not begun in 0\.09 s of real time/);
    before.callback();
    await first;
    await runOnClock(() => {});
    expect(begun).to.equal(false);
  });

  it("is told how to let time pass itself, if it tries to", async () => {
    const error = await failureOnClock((reactor) => reactor.advance(5));
    expect(error).to.have.property("code", "ERR_CLOCK_BUSY");
    expect(error.message).to.include("reactorTests({ byHand: true })");
  });

  it("has places in its message as mocha has them, and whole ones in its stack", () => {
    const at = (folder: string): string => `left\n      at tea (${folder}tea.ts:1:2)`;
    const error = new DirtyReactorError(at(`${process.cwd()}/`));
    expect(error.message).to.equal(at(""));
    expect(error.stack).to.equal(at(`${process.cwd()}/`));
  });

  it("says nothing of what is left when it broke off", async () => {
    const error = await failureOnClock((reactor) => {
      reactor.callLater(1, remind);
      throw new Error("broken off");
    });
    expect(error.message).to.equal("broken off");
  });

  it("says that a program loops on one instant", async () => {
    const error = await failureOnClock(
      async (reactor) => {
        const again = (): void => void reactor.callLater(0, again);
        again();
        await new Deferred();
      },
      { clock: { turnsAtOnceMax: 100 } },
    );
    expect(error).to.have.property("code", "ERR_CLOCK_STUCK");
  });

  it("leaves nothing behind that happens later", async () => {
    const log: string[] = [];
    class Talker extends Protocol {
      override connectionLost(): void {
        log.push("lost");
      }
    }
    await failureOnClock(async (reactor) => {
      reactor.callLater(1, () => log.push("call"));
      const port = await reactor.listenTCP(0, Factory.forProtocol(Talker));
      await LineClient.dial(reactor, port.getHost().port);
      throw new Error("broken off");
    });
    expect(log).to.deep.equal(["lost"]);
    await runOnClock(() => {});
  });
});
