import { expect } from "chai";
import { ThreadPool } from "skein/threads";
import { runFixture } from "../support/attempts.ts";
import { tasks } from "../support/pools.ts";
import { Asking, onLibuv, Shouting } from "../support/streams.ts";

describe("a pool that is called again and again", () => {
  for (const state of ["idle", "busy"]) {
    it(`does not keep the process alive when it is ${state}`, async () => {
      expect(await runFixture("calling-on.ts", state)).to.deep.equal({ calls: 300 });
    });
  }

  it("lets connections go on, however many calls come back", () =>
    onLibuv(async (reactor) => {
      const port = await reactor.listenTCP(0, new Shouting(), { interface: "127.0.0.1" });
      const pool = new ThreadPool(reactor, { max: 1 });
      const answered: string[] = [];
      let most = 0;
      let working = 0;
      const callOn = async (): Promise<void> => {
        for (let n = 0; answered.length < 20; n++) {
          most = Math.max(most, ++working);
          expect(await pool.call(tasks.add, n, 1)).to.equal(n + 1);
          working--;
        }
      };
      const calling = Promise.all(Array.from({ length: 20 }, callOn));
      for (let n = 0; n < 20; n++) {
        const asking = new Asking(`tea ${n}`);
        reactor.connectTCP("127.0.0.1", port.getHost().port, asking);
        answered.push(await asking.answer);
      }
      await calling;
      expect(answered).to.deep.equal(answered.map((_, n) => `TEA ${n}`));
      expect(most).to.equal(20);
      pool.stop();
      await port.stopListening();
    }));

  it("answers one that takes long after many that did not", () =>
    onLibuv(async (reactor) => {
      const pool = new ThreadPool(reactor, { max: 1 });
      for (let round = 0; round < 3; round++) {
        for (let n = 0; n < 100; n++) await pool.call(tasks.add, n, 1);
        expect(await pool.call(tasks.spinFor, 20)).to.equal(20);
        expect(await pool.call(tasks.addLater, 1, 2)).to.equal(3);
      }
      pool.stop();
    }));
});
