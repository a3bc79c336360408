import { expect } from "chai";
import { Deferred } from "skein/defer";
import {
  BadOptionError,
  CooperatorService,
  createReactor,
  DatagramProtocol,
  DatagramService,
  MultiService,
  PoolStoppedError,
  QueueFullError,
  type Reactor,
  SchedulerStoppedError,
  ThreadPoolService,
  TimerService,
  worker,
} from "skein";
import {
  afterMicrotasks,
  collectUnhandled,
  errorOf,
  type Failed,
  watch,
} from "../support/outcomes.ts";

const path = worker<typeof import("node:path/posix")>("node:path/posix");

describe("services", () => {
  const unhandled = collectUnhandled();
  let reactor: Reactor<"clock" | "udp" | "threads">;
  beforeEach(async () => {
    reactor = createReactor("clock");
    await reactor.advance(0);
  });
  afterEach(() => expect(unhandled).to.deep.equal([]));

  describe("a TimerService", () => {
    it("calls at its start, then at each interval, until it stops", async () => {
      const calls: number[] = [];
      const timer = new TimerService(10, () => calls.push(reactor.seconds()), { clock: reactor });
      for (let i = 0; i < 2; i++) {
        void timer.startService();
        await reactor.advance(25);
        void timer.stopService();
        await reactor.advance(25);
      }
      expect(calls).to.deep.equal([0, 10, 20, 50, 60, 70]);
      expect(timer.inspect().detail).to.equal("every 10 s");
      expect(reactor.inspect()).to.deep.equal([]);
    });

    it("takes the clock of the service above", async () => {
      const top = new MultiService({ clock: reactor });
      let calls = 0;
      void top.addService(new TimerService(10, () => calls++));
      void top.startService();
      await reactor.advance(10);
      expect(calls).to.equal(2);
    });

    it("does not start without a clock, nor with an interval that is none", () => {
      expect(errorOf(new TimerService(10, () => {}).startService())).to.be.instanceOf(
        BadOptionError,
      );
      const backwards = new TimerService(-1, () => {}, { clock: reactor });
      expect(errorOf(backwards.startService())).to.be.instanceOf(BadOptionError);
    });

    it("does not start when the first call throws", () => {
      const timer = new TimerService(
        10,
        () => {
          throw new RangeError("no call");
        },
        { clock: reactor },
      );
      expect(errorOf(timer.startService())).to.be.instanceOf(RangeError);
      expect(timer.state).to.equal("stopped");
    });

    it("reports a later failure, says so, and can be stopped", async () => {
      let calls = 0;
      const timer = new TimerService(
        10,
        () => {
          if (++calls === 2) throw new RangeError("no more");
        },
        { clock: reactor },
      );
      void timer.startService();
      await reactor.advance(100);
      await afterMicrotasks();
      expect(unhandled.splice(0).map(String)).to.deep.equal(["RangeError: no more"]);
      expect(timer.inspect().detail).to.equal("its call has failed: RangeError: no more");
      expect(watch(timer.stopService())).to.deep.equal([undefined]);
    });

    it("waits, when it stops, for a call that goes on", () => {
      const call = new Deferred<void>();
      const timer = new TimerService(10, () => call, { clock: reactor });
      void timer.startService();
      const stopped = watch(timer.stopService());
      expect(stopped).to.deep.equal([]);
      call.callback();
      expect(stopped).to.deep.equal([undefined]);
    });

    it("cancels it at its stopTimeout", async () => {
      let cancelled = 0;
      const call = (): Deferred<void> => new Deferred<void>(() => cancelled++);
      const timer = new TimerService(10, call, { clock: reactor, stopTimeout: 5 });
      void timer.startService();
      const stopped = watch(timer.stopService());
      await reactor.advance(5);
      expect([stopped.length, cancelled]).to.deep.equal([1, 1]);
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
    });
  });

  describe("a CooperatorService", () => {
    it("has the limit of a Cooperator", () => {
      const service = new CooperatorService({ clock: reactor, tasksMax: 1 });
      service.cooperate([].values());
      expect(() => service.cooperate([].values())).to.throw(QueueFullError);
    });

    it("makes steps while it runs, and ends all tasks when it stops", async () => {
      const service = new CooperatorService({ clock: reactor });
      let steps = 0;
      const endless = function* (): Generator<Deferred<void>> {
        for (;;) {
          steps++;
          yield new Deferred<void>();
        }
      };
      const done = watch(service.coiterate(endless()));
      await reactor.advance(1);
      expect(steps).to.equal(0);
      void service.startService();
      await reactor.advance(1);
      expect(steps).to.equal(1);
      void service.stopService();
      expect(done).to.deep.equal([]);
      const late = service.cooperate(endless());
      expect(errorOf(late.whenDone())).to.be.instanceOf(SchedulerStoppedError);
      void service.startService();
      const again = watch(service.coiterate([1, 2].values()));
      await reactor.advance(1);
      expect(again).to.have.length(1);
    });
  });

  describe("a DatagramService", () => {
    it("opens its port when it starts, and closes it when it stops, each time", async () => {
      let ports = 0;
      const service = new DatagramService(() => {
        ports++;
        return reactor.listenUDP(7100, new DatagramProtocol(), { interface: "127.0.0.1" });
      });
      for (let i = 0; i < 2; i++) {
        const started = watch(service.startService());
        await reactor.advance(0);
        expect(started).to.deep.equal([undefined]);
        expect(service.port?.getHost().port).to.equal(7100);
        expect(service.inspect().detail).to.equal("listening on 127.0.0.1:7100");
        void service.stopService();
        await reactor.advance(0);
        expect([service.state, service.port]).to.deep.equal(["stopped", undefined]);
        expect(reactor.inspect()).to.deep.equal([]);
      }
      expect(ports).to.equal(2);
    });

    it("keeps the port that it was prepared with", async () => {
      const service = new DatagramService(() => reactor.listenUDP(0, new DatagramProtocol()));
      void service.privilegedStartService();
      await reactor.advance(0);
      const { port } = service;
      void service.startService();
      await reactor.advance(0);
      expect([service.port, service.state]).to.deep.equal([port, "running"]);
    });
  });

  describe("a ThreadPoolService", () => {
    it("takes calls while it runs", async () => {
      const service = new ThreadPoolService(reactor);
      expect(errorOf(service.call(path.basename, "/a"))).to.be.instanceOf(PoolStoppedError);
      await service.startService();
      const name = watch(service.call(path.basename, "/etc/hosts"));
      await reactor.advance(1);
      expect(name).to.deep.equal(["hosts"]);
      expect(service.inspect().detail).to.equal("1 workers, 0 at work, 0 calls waiting");
      await service.stopService();
      expect(reactor.inspect()).to.deep.equal([]);
      expect(errorOf(service.call(path.basename, "/a"))).to.be.instanceOf(PoolStoppedError);
      await service.startService();
      expect(service.statistics()).to.include({ workers: 0, working: 0, queued: 0 });
    });

    it("ends what is at work when it stops", async () => {
      const service = new ThreadPoolService(reactor);
      await service.startService();
      const name = watch(service.call(path.basename, "/etc/hosts"));
      expect(watch(service.stopService())).to.deep.equal([undefined]);
      expect((name[0] as Failed).failed).to.be.instanceOf(PoolStoppedError);
    });

    it("lets it finish, in the time that it is given", async () => {
      const service = new ThreadPoolService(reactor, { max: 1, drainTimeout: 5 });
      await service.startService();
      const names = ["/a", "/b"].map((file) => watch(service.call(path.basename, file)));
      const stopped = watch(service.stopService());
      expect(stopped).to.deep.equal([]);
      expect(service.inspect().detail).to.equal("draining: 2 calls");
      expect(errorOf(service.call(path.basename, "/c"))).to.be.instanceOf(PoolStoppedError);
      await reactor.advance(1);
      expect([names, stopped]).to.deep.equal([[["a"], ["b"]], [undefined]]);
    });
  });
});
