import { expect } from "chai";
import { createReactor } from "skein/reactor";
import { ClientFactory, Factory } from "skein/protocols";
import { Noted } from "../support/on-clock.ts";

describe("a connection that closes, in a process that was held up", () => {
  for (const seconds of [0.5, 60]) {
    it(`is not cut off for what its producer has given only now (${seconds} s late)`, async () => {
      // All that is due by then comes in one turn, as after a call that has held the loop.
      const reactor = createReactor("clock", { advance: "jump" });
      const [near, far] = [new Noted(), new Noted()];
      reactor.callWhenRunning(() => {
        void reactor.listenTCP(
          7000,
          Factory.from(() => far),
        );
      });
      await reactor.advance(0);
      reactor.connectTCP(
        "127.0.0.1",
        7000,
        ClientFactory.from(() => near),
      );
      await reactor.advance(0);

      let left = 3;
      const give = (): void => {
        near.transport.write(`piece ${left--} `);
        if (left === 0) near.transport.unregisterProducer();
      };
      near.transport.closeTimeout = 0.3;
      near.transport.registerProducer(
        { resumeProducing: () => void reactor.callLater(0.1, give), stopProducing: () => {} },
        false,
      );
      near.transport.loseConnection();
      for (let i = 0; i < 3; i++) await reactor.advance(seconds);
      await reactor.advance(0);
      expect(far.received).to.equal("piece 3 piece 2 piece 1 ");
      expect(near.life).to.deep.equal(["made", "lost ConnectionDoneError"]);
      expect(far.life).to.deep.equal(near.life);
      expect(reactor.getDelayedCalls()).to.deep.equal([]);
      reactor.stop();
      await reactor.advance(0);
    });
  }
});
