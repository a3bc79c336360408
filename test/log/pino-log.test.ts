import { expect } from "chai";
import { type Logger as Pino, pino } from "pino";
import { Failure } from "../../src/defer/index.ts";
import { logger, logTo, pinoLog } from "../../src/log/index.ts";
import { createReactor } from "../../src/reactor/index.ts";

describe("pinoLog, with pino itself", () => {
  const written = (level: string, use: (log: ReturnType<typeof logger>) => void): object[] => {
    const lines: string[] = [];
    const options = { level, base: null, timestamp: false };
    const own: Pino = pino(options, { write: (line) => void lines.push(line) });
    const reactor = createReactor("clock");
    logTo(reactor, pinoLog(own), { level: "debug" });
    use(logger(reactor));
    return lines.map((line) => JSON.parse(line) as object);
  };

  it("gives it levels, messages and fields", () => {
    const lines = written("debug", (log) => {
      log.debug("one");
      log.info("two", { port: 7000 });
      log.warn("three");
      log.child({ peer: "a" }).error("four");
    });
    expect(lines).to.deep.equal([
      { level: 20, msg: "one" },
      { level: 30, port: 7000, msg: "two" },
      { level: 40, msg: "three" },
      { level: 50, peer: "a", msg: "four" },
    ]);
  });

  it("gives it errors as it wants them, those in Failures too", () => {
    const error = new RangeError("bad", { cause: new Error("why") });
    for (const given of [error, new Failure(error)]) {
      const [line] = written("info", (log) => log.error("failed", { error: given }));
      expect(line).to.have.nested.property("err.type", "RangeError");
      expect(line).to.have.nested.property("err.message").that.includes("bad");
      expect(line).to.have.nested.property("err.stack").that.includes("why");
    }
  });

  it("leaves out what pino leaves out", () => {
    expect(written("error", (log) => log.info("quiet"))).to.deep.equal([]);
  });
});
