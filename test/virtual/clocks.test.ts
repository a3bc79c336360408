import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { virtually } from "../support/virtually.ts";

const Y2K = Date.UTC(2000);

describe("virtual clocks", () => {
  it("have Date begin at a fixed time, and go on with the reactor", async () => {
    const real = Date;
    await virtually(async () => {
      await sleep(1500);
      const now = Y2K + 1500;
      expect(Date.now()).to.equal(now);
      expect(real.now()).to.equal(now);
      const date = new Date();
      expect(date.getTime()).to.equal(now);
      expect(new (new Date(0).constructor as DateConstructor)().getTime()).to.equal(now);
      expect(Date()).to.equal(new Date(now).toString());
      expect(new Date().toJSON()).to.equal("2000-01-01T00:00:01.500Z");
    });
    expect(Date).to.equal(real);
  });

  it("leave dates that are given their time what they are", async () => {
    await virtually(() => {
      expect(new Date(5).getTime()).to.equal(5);
      expect(new Date(2020, 1, 3).getDate()).to.equal(3);
      expect(new Date(undefined as never).getTime()).to.be.NaN;
      expect(Date.parse("1970-01-01T00:00:01Z")).to.equal(1000);
      expect(Date.UTC(1970, 0, 1, 0, 0, 2)).to.equal(2000);
      class Own extends Date {
        year = this.getUTCFullYear();
      }
      expect(new Own()).to.be.instanceOf(Own).and.instanceOf(Date).and.include({ year: 2000 });
      expect(structuredClone(new Date())).to.be.instanceOf(Date);
    });
  });

  for (const epoch of [
    new Date("2030-05-06T00:00:00Z"),
    "2030-05-06T00:00:00Z",
    Date.UTC(2030, 4, 6),
  ]) {
    it(`begin at an epoch that is given as a ${typeof epoch}`, async () => {
      const { value } = await virtually(() => new Date().toISOString(), { epoch });
      expect(value).to.equal("2030-05-06T00:00:00.000Z");
    });
  }

  it("have Intl format the virtual now", async () => {
    await virtually(() => {
      const format = new Intl.DateTimeFormat("en", { year: "numeric", timeZone: "UTC" });
      expect(format.format()).to.equal("2000");
      expect(format.format(new Date(0))).to.equal("1970");
      expect([undefined, 0].map((time) => format.format(time))).to.deep.equal(["2000", "1970"]);
      expect(format.formatToParts()).to.deep.equal([{ type: "year", value: "2000" }]);
    });
  });

  it("have Temporal's now be the virtual one, where there is Temporal", async function () {
    const { Temporal } = globalThis as {
      Temporal?: { Now: Record<string, (zone?: string) => string> };
    };
    if (Temporal === undefined) this.skip();
    const { Now } = Temporal;
    await virtually(() => {
      expect(String(Now["instant"]?.())).to.equal("2000-01-01T00:00:00Z");
      for (const name of ["zonedDateTimeISO", "plainDateTimeISO", "plainDateISO"]) {
        expect(String(Now[name]?.("UTC"))).to.match(/^2000-01-01/);
      }
      expect(String(Now["plainTimeISO"]?.("UTC"))).to.equal("00:00:00");
    });
  });

  it("have performance, hrtime and uptime count from the beginning", async () => {
    await virtually(async () => {
      const before = process.hrtime();
      await sleep(1250);
      expect(performance.now()).to.equal(1250);
      expect(performance.timeOrigin).to.equal(Y2K);
      expect(process.hrtime()).to.deep.equal([1, 250_000_000]);
      expect(process.hrtime(before)).to.deep.equal([1, 250_000_000]);
      expect(process.hrtime([0, 500_000_000])).to.deep.equal([0, 750_000_000]);
      expect(process.hrtime.bigint()).to.equal(1_250_000_000n);
      expect(process.uptime()).to.equal(1.25);
    });
  });

  it("have marks and measures on their time", async () => {
    await virtually(async () => {
      await sleep(10);
      expect(performance.mark("start").startTime).to.equal(10);
      expect(performance.mark("given", { startTime: 3 }).startTime).to.equal(3);
      await sleep(20);
      expect(performance.measure("a", "start")).to.include({ startTime: 10, duration: 20 });
      expect(performance.measure("b", { start: "start" })).to.include({ duration: 20 });
      expect(performance.measure("c", "given", "start")).to.include({ startTime: 3, duration: 7 });
      expect(performance.measure("d", { start: 1, duration: 2 })).to.include({ duration: 2 });
      expect(performance.measure("e")).to.include({ startTime: 0, duration: 30 });
    });
    performance.clearMarks();
    performance.clearMeasures();
  });
});
