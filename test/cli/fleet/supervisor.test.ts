import { expect } from "chai";
import {
  type FleetStand,
  type ScriptedMember,
  scriptedFleet,
  steadyFleet,
} from "../../support/scripted-fleet.ts";

const last = ({ members }: FleetStand): ScriptedMember => members.at(-1) as ScriptedMember;
const nth = ({ members }: FleetStand, id: number): ScriptedMember =>
  members[id - 1] as ScriptedMember;

describe("the supervisor of a fleet", () => {
  describe("at the start", () => {
    it("starts one, and the others when its daemon has started", () => {
      const stand = scriptedFleet(3);
      expect(stand.alive()).to.deep.equal([1]);
      nth(stand, 1).start();
      expect(stand.alive()).to.deep.equal([1, 2, 3]);
      expect(stand.states).to.deep.equal([]);
      nth(stand, 3).start();
      nth(stand, 2).start();
      expect(stand.states).to.deep.equal(["ready"]);
    });

    it("ends as the first one, if that ends before its daemon has started", () => {
      const stand = scriptedFleet(3);
      nth(stand, 1).end({ status: 2 });
      expect(stand.status()).to.equal(2);
      expect(stand.members).to.have.lengthOf(1);
    });

    it("fails when a signal ends the first one", () => {
      const stand = scriptedFleet(2);
      nth(stand, 1).end({ signal: "SIGKILL" });
      expect(stand.status()).to.equal(1);
      expect(stand.said).to.deep.equal(["the first process was ended by SIGKILL"]);
    });

    it("replaces another that ends before its daemon has started", async () => {
      const stand = scriptedFleet(2);
      nth(stand, 1).start();
      nth(stand, 2).end();
      await stand.pass(0.2);
      expect(stand.alive()).to.deep.equal([1, 3]);
      nth(stand, 3).start();
      expect(stand.states).to.deep.equal(["ready"]);
    });

    it("can be stopped before anything has started", () => {
      const stand = scriptedFleet(2);
      stand.fleet.stop();
      expect(nth(stand, 1).told).to.deep.equal(["stop"]);
      nth(stand, 1).end({ signal: "SIGTERM" });
      expect(stand.status()).to.equal(0);
    });
  });

  describe("when one ends by itself", () => {
    it("starts another", async () => {
      const stand = await steadyFleet(2);
      nth(stand, 2).end({ signal: "SIGSEGV" });
      expect(stand.alive()).to.deep.equal([1]);
      await stand.pass(0.1);
      expect(stand.alive()).to.deep.equal([1, 3]);
      expect(stand.said).to.deep.equal([
        "process 2 (pid 1002) has ended (SIGSEGV); another is started in 0.1 s",
      ]);
    });

    it("waits longer and longer while none lasts, and begins anew with one that does", async () => {
      const stand = await steadyFleet(2);
      for (const delay of [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30]) {
        last(stand).end();
        expect(stand.said.at(-1)).to.include(`another is started in ${delay} s`);
        await stand.pass(delay);
        last(stand).start();
      }
      expect(stand.alive()).to.deep.equal([1, 13]);
      await stand.pass(5);
      last(stand).end();
      expect(stand.said.at(-1)).to.include("another is started in 0.1 s");
    });

    it("gives up when five in a row do not last, and none is well", async () => {
      const stand = scriptedFleet(1);
      for (let id = 1; id <= 5; id++) {
        last(stand).start();
        last(stand).end();
        await stand.pass(2);
      }
      expect(stand.members).to.have.lengthOf(5);
      expect(stand.status()).to.equal(1);
      expect(stand.said.at(-1)).to.equal(
        "process 5 (pid 1005) has ended (status 1): " +
          "5 in a row have ended soon after their start; giving up",
      );
    });

    it("does not replace one that has done its work, and ends with the last of them", async () => {
      const stand = await steadyFleet(2);
      nth(stand, 1).end({ status: 0 });
      await stand.pass(100);
      expect(stand.alive()).to.deep.equal([2]);
      nth(stand, 2).end({ status: 0 });
      expect(stand.status()).to.equal(0);
    });
  });

  describe("a restart", () => {
    it("replaces one after another, each when the new one is ready", async () => {
      const stand = await steadyFleet(2);
      stand.fleet.restart();
      expect(stand.alive()).to.deep.equal([1, 2, 3]);
      await stand.pass(30);
      expect(nth(stand, 1).told).to.deep.equal([]);
      nth(stand, 3).start();
      expect(nth(stand, 1).told).to.deep.equal(["retire"]);
      // The next begins when the old one has gone.
      expect(stand.members).to.have.lengthOf(3);
      nth(stand, 1).end({ status: 0 });
      expect(stand.alive()).to.deep.equal([2, 3, 4]);
      nth(stand, 4).start();
      nth(stand, 2).end({ status: 0 });
      expect(stand.alive()).to.deep.equal([3, 4]);
      expect(stand.states).to.deep.equal(["restarting", "ready"]);
      expect(stand.said).to.deep.equal([
        "restarting, one process after another",
        "process 3 (pid 1003) is ready, in place of 1 (pid 1001)",
        "process 4 (pid 1004) is ready, in place of 2 (pid 1002)",
        "restarted",
      ]);
    });

    it("ends when a new one does, and the old ones go on", async () => {
      const stand = await steadyFleet(2);
      stand.fleet.restart();
      nth(stand, 3).end({ status: 2 });
      expect(stand.alive()).to.deep.equal([1, 2]);
      expect(nth(stand, 1).told).to.deep.equal([]);
      expect(stand.states).to.deep.equal(["restarting", "ready"]);
      expect(stand.said.at(-1)).to.equal(
        "process 3 (pid 1003) has ended (status 2) before it was ready: the restart ends here",
      );
      await stand.pass(100);
      expect(stand.members).to.have.lengthOf(3);
    });

    it("ends when a new one takes for ever, which is killed", async () => {
      const stand = await steadyFleet(1);
      stand.fleet.restart();
      await stand.pass(60);
      expect(nth(stand, 2).told).to.deep.equal(["kill"]);
      expect(stand.alive()).to.deep.equal([1]);
      expect(stand.said.at(-1)).to.include("has not started in 60 s: the restart ends here");
    });

    it("kills an old one that does not end", async () => {
      const stand = await steadyFleet(1);
      stand.fleet.restart();
      nth(stand, 2).start();
      await stand.pass(13.9);
      expect(nth(stand, 1).told).to.deep.equal(["retire"]);
      await stand.pass(0.1);
      expect(nth(stand, 1).told).to.deep.equal(["retire", "kill"]);
      expect(stand.states).to.deep.equal(["restarting", "ready"]);
    });

    it("that is asked for during another comes after it, once", async () => {
      const stand = await steadyFleet(1);
      for (let times = 0; times < 3; times++) stand.fleet.restart();
      nth(stand, 2).start();
      nth(stand, 1).end({ status: 0 });
      expect(stand.alive()).to.deep.equal([2, 3]);
      nth(stand, 3).start();
      nth(stand, 2).end({ status: 0 });
      await stand.pass(100);
      expect(stand.alive()).to.deep.equal([3]);
    });

    it("that is asked for during the start comes after it", () => {
      const stand = scriptedFleet(1);
      stand.fleet.restart();
      expect(stand.members).to.have.lengthOf(1);
      nth(stand, 1).start();
      expect(stand.states).to.deep.equal(["ready", "restarting"]);
    });

    it("fills the place of one that has died, before or meanwhile", async () => {
      const stand = await steadyFleet(1);
      stand.fleet.restart();
      nth(stand, 1).end();
      nth(stand, 2).start();
      await stand.pass(100);
      expect(stand.alive()).to.deep.equal([2]);
      nth(stand, 2).end();
      stand.fleet.restart();
      nth(stand, 3).start();
      await stand.pass(100);
      expect(stand.alive()).to.deep.equal([3]);
    });

    it("is over when all are to stop", async () => {
      const stand = await steadyFleet(2);
      stand.fleet.restart();
      stand.fleet.stop();
      expect(stand.members.map(({ told }) => told)).to.deep.equal([["stop"], ["stop"], ["stop"]]);
      nth(stand, 3).start();
      for (const member of stand.members) member.end({ status: 0 });
      await stand.pass(100);
      expect(stand.members).to.have.lengthOf(3);
      expect(stand.status()).to.equal(0);
    });
  });

  describe("stopping", () => {
    it("tells all, waits for all, and replaces none", async () => {
      const stand = await steadyFleet(2);
      stand.fleet.stop();
      stand.fleet.stop();
      expect(stand.members.map(({ told }) => told)).to.deep.equal([["stop"], ["stop"]]);
      nth(stand, 1).end({ status: 0 });
      await stand.pass(100);
      expect(stand.status()).to.equal(undefined);
      nth(stand, 2).end({ status: 1 });
      expect(stand.status()).to.equal(0);
      expect(stand.states).to.deep.equal(["stopping", "over"]);
    });

    it("kills those that hang, and have not started when their time for that is over", async () => {
      const restarting = await steadyFleet(1);
      restarting.fleet.restart();
      for (const stand of [restarting, scriptedFleet(2)]) {
        stand.fleet.stop();
        const [old, fresh = old] = stand.members;
        if (old !== fresh) old?.end({ status: 0 });
        await stand.pass(59);
        expect(fresh?.told).to.deep.equal(["stop"]);
        await stand.pass(1);
        expect(fresh?.told).to.deep.equal(["stop", "kill"]);
        expect(stand.status()).to.equal(0);
      }
    });

    it("kills none that has started, and takes its time", async () => {
      const stand = await steadyFleet(1);
      stand.fleet.stop();
      await stand.pass(1000);
      expect(last(stand).told).to.deep.equal(["stop"]);
    });

    it("forgets those that wait to be started", async () => {
      const stand = await steadyFleet(1);
      nth(stand, 1).end();
      stand.fleet.stop();
      expect(stand.status()).to.equal(0);
      await stand.pass(100);
      expect(stand.members).to.have.lengthOf(1);
      stand.fleet.restart();
      expect(stand.members).to.have.lengthOf(1);
    });

    it("can be cut short", async () => {
      const stand = await steadyFleet(2);
      stand.fleet.stop();
      stand.fleet.kill();
      expect(stand.members.map(({ told }) => told)).to.deep.equal([
        ["stop", "kill"],
        ["stop", "kill"],
      ]);
      expect(stand.status()).to.equal(0);
    });
  });

  describe("when one hangs", () => {
    it("kills it after its time, and starts another", async () => {
      const stand = await steadyFleet(2, 20);
      nth(stand, 1).hangs = true;
      await stand.pass(19);
      expect(nth(stand, 1).told).to.deep.equal([]);
      await stand.pass(12);
      expect(nth(stand, 1).told).to.deep.equal(["kill"]);
      expect(stand.alive()).to.deep.equal([2, 3]);
      expect(stand.said).to.deep.equal([
        "process 1 (pid 1001) hangs since 20 s: killed",
        "process 1 (pid 1001) has ended (SIGKILL); another is started in 0.1 s",
      ]);
    });

    it("leaves it alone when it goes on in time, and unless that is asked for", async () => {
      const [busy, unwatched] = [await steadyFleet(1, 20), await steadyFleet(1)];
      for (let i = 0; i < 10; i++) {
        last(busy).hangs = true;
        await busy.pass(8);
        last(busy).goOn();
        await busy.pass(12);
      }
      last(unwatched).hangs = true;
      await unwatched.pass(1000);
      expect([...last(busy).told, ...last(unwatched).told]).to.deep.equal([]);
    });

    it("does not take its own standing still for theirs", async () => {
      const stand = scriptedFleet(1, 20, "jump");
      last(stand).hangs = true;
      last(stand).start();
      // Its timers are late, and what was said meanwhile is heard behind them.
      await stand.pass(60);
      last(stand).goOn();
      for (let i = 0; i < 10; i++) await stand.pass(5);
      expect(last(stand).told).to.deep.equal([]);
    });

    it("kills it when all are to stop, too, but none that cannot be asked any more", async () => {
      const stand = await steadyFleet(2, 20);
      nth(stand, 1).hangs = true;
      nth(stand, 2).hangs = true;
      nth(stand, 2).reachable = false;
      stand.fleet.stop();
      await stand.pass(50);
      expect(stand.members.map(({ told }) => told)).to.deep.equal([["stop", "kill"], ["stop"]]);
    });

    it("does not ask one that has not started: that has a time of its own", async () => {
      const stand = scriptedFleet(2, 20);
      nth(stand, 1).start();
      nth(stand, 2).hangs = true;
      await stand.pass(50);
      expect(nth(stand, 2).told).to.deep.equal([]);
    });
  });
});
