import { AsyncLocalStorage } from "node:async_hooks";
import { expect } from "chai";
import { captureContext, Deferred } from "skein/defer";
import { createReactor, type Reactor } from "skein/reactor";

for (const backend of ["libuv", "timer", "clock"] as const) {
  describe(`the context in which a reactor on ${backend} calls`, () => {
    const user = new AsyncLocalStorage<string>();
    let reactor: Reactor;
    /** Runs the reactor, in somebody else's context. */
    let run: () => PromiseLike<unknown>;
    let seen: string[];
    let release: () => void;

    const look = (what: string) => (): void =>
      void seen.push(`${what}: ${user.getStore() ?? "nobody"}`);

    beforeEach(() => {
      release = captureContext();
      seen = [];
      reactor = createReactor(backend);
      run = () => user.run("whoever runs it", () => reactor.run());
    });

    afterEach(() => release());

    it("a delayed call is that of callLater, whoever delays or resets it", async () => {
      user.run("Ada", () => {
        const [delayed, reset] = [
          reactor.callLater(0, look("delayed")),
          reactor.callLater(0, look("reset")),
        ];
        user.run("Bob", () => {
          delayed.delay(0.01);
          reset.reset(0.02);
        });
      });
      reactor.callLater(0.03, look("of nobody"));
      reactor.callLater(0.04, () => reactor.stop());
      await run();
      expect(seen).to.deep.equal(["delayed: Ada", "reset: Ada", "of nobody: nobody"]);
    });

    it("what a call arranges is that call's, though others are due at the same time", async () => {
      for (const name of ["Ada", "Bob"]) {
        user.run(name, () => {
          reactor.callLater(0, () => {
            reactor.callLater(0.01, look("from a delayed call"));
            reactor.callFromThread(look("from a thread"));
          });
        });
      }
      reactor.callLater(0.02, () => reactor.stop());
      await run();
      expect(seen).to.deep.equal([
        "from a thread: Ada",
        "from a thread: Bob",
        "from a delayed call: Ada",
        "from a delayed call: Bob",
      ]);
    });

    it("one call does not see what another has entered", async () => {
      reactor.addSystemEventTrigger("after", "startup", () => user.enterWith("a trigger"));
      reactor.callFromThread(() => user.enterWith("a thread"));
      reactor.callFromThread(look("from a thread"));
      reactor.callLater(0, () => user.enterWith("a call"));
      reactor.callLater(0, look("a call"));
      reactor.callLater(0.01, look("a later one"));
      reactor.callLater(0.02, () => reactor.stop());
      await run();
      expect(seen).to.deep.equal([
        "from a thread: nobody",
        "a call: nobody",
        "a later one: nobody",
      ]);
    });

    it("callWhenRunning is the caller's, before the run and in it", async () => {
      user.run("Ada", () => reactor.callWhenRunning(look("before")));
      user.run("Bob", () => {
        reactor.callLater(0, () => {
          reactor.callWhenRunning(look("running"));
          user.run("Cid", () => reactor.callWhenRunning(look("running")));
          reactor.stop();
        });
      });
      await run();
      expect(seen).to.deep.equal(["before: Ada", "running: Bob", "running: Cid"]);
    });

    it("callFromThread is the caller's, also when it comes from another loop", async () => {
      user.run("Ada", () => reactor.callFromThread(look("before the run")));
      reactor.callWhenRunning(() => {
        void user.run("Bob", async () => {
          await Promise.resolve();
          reactor.callFromThread(look("from a promise"));
          reactor.callFromThread(() => reactor.stop());
        });
      });
      await run();
      expect(seen).to.deep.equal(["before the run: Ada", "from a promise: Bob"]);
    });

    it("each trigger is that in which it was added, also behind one that waits", async () => {
      const phases = ["before", "during", "after"] as const;
      for (const event of ["startup", "shutdown"] as const) {
        for (const phase of phases) {
          user.run(`${phase} ${event}`, () => {
            reactor.addSystemEventTrigger(phase, event, look("trigger"));
            if (phase !== "before" || event !== "shutdown") return;
            reactor.addSystemEventTrigger(phase, event, () => {
              const waited = new Deferred<void>();
              reactor.callLater(0.01, () => waited.callback());
              return waited;
            });
          });
        }
      }
      user.run("Ada", () => reactor.callLater(0, () => reactor.stop()));
      await run();
      const all = ["startup", "shutdown"].flatMap((event) =>
        phases.map((phase) => `trigger: ${phase} ${event}`),
      );
      expect(seen).to.deep.equal(all);
    });
  });
}
