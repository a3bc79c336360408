import { expect } from "chai";
import { fail, onUnhandledFailure } from "skein/defer";
import { LineReceiver, Protocol } from "skein/protocols";
import { createReactor } from "skein/reactor";
import { connectedServerAndClient, failureResultOf, loopback } from "skein/testing";
import { afterMicrotasks } from "../support/outcomes.ts";
import { onClock, Noted } from "../support/on-clock.ts";

class Shout extends LineReceiver {
  override lineReceived(line: string): void {
    this.sendLine(line.toUpperCase());
  }
}

describe("two protocols that are joined", () => {
  it("are connected when they are given back", () => {
    const { server, client } = connectedServerAndClient(new Noted(), new Noted());
    expect(server.life).to.deep.equal(["made"]);
    expect(client.life).to.deep.equal(["made"]);
  });

  it("hear of one another turn by turn, and not in the call that wrote", () => {
    const { server, client, pump } = connectedServerAndClient(new Shout(), new Noted());
    client.transport.write("tea\r\n");
    expect(client.received).to.equal("");
    expect(pump.pump()).to.equal(true);
    pump.flush();
    expect(client.received).to.equal("TEA\r\n");
    expect(pump.pump()).to.equal(false);
    expect(server.transport.connected).to.equal(true);
  });

  it("both hear of the end, each for its reason", () => {
    const { server, client, pump } = connectedServerAndClient(new Noted(), new Noted());
    server.transport.write("bye");
    server.transport.loseConnection();
    pump.flush();
    expect(client.received).to.equal("bye");
    expect(client.life).to.deep.equal(["made", "lost ConnectionDoneError"]);
    expect(server.life).to.deep.equal(["made", "lost ConnectionDoneError"]);
    const cut = connectedServerAndClient(new Noted(), new Noted());
    cut.client.transport.abortConnection();
    cut.pump.flush();
    expect(cut.client.life).to.deep.equal(["made", "lost ConnectionAbortedError"]);
    expect(cut.server.life).to.deep.equal(["made", "lost ConnectionLostError"]);
  });

  it("slow one another down", () => {
    const { server, client, pump } = connectedServerAndClient(new Noted(), new Noted());
    server.transport.pauseProducing();
    const big = "x".repeat(300_000);
    expect(client.transport.write(big)).to.equal(false);
    pump.flush();
    expect(server.received).to.equal("");
    server.transport.resumeProducing();
    pump.flush();
    expect(server.received).to.equal(big);
  });

  it("pass on what one of them throws to the one who pumps", () => {
    class Clumsy extends Noted {
      override dataReceived(): void {
        throw new RangeError("too much");
      }
    }
    const { client, server, pump } = connectedServerAndClient(new Clumsy(), new Noted());
    client.transport.write("x");
    expect(() => pump.flush()).to.throw(RangeError, "too much");
    pump.flush();
    expect(server.life).to.deep.equal(["made", "lost RangeError"]);
  });

  it("are found out when they talk for ever", () => {
    class Echo extends Protocol {
      override dataReceived(data: Uint8Array): void {
        this.transport.write(data);
      }
    }
    const { client, pump } = connectedServerAndClient(new Echo(), new Echo());
    client.transport.write("ping");
    expect(() => pump.flush(50)).to.throw("after 50 turns the two still have something to say");
  });

  it("leave the failures of all others to whoever reports them", async () => {
    connectedServerAndClient(new Noted(), new Noted());
    const reported: string[] = [];
    const restore = onUnhandledFailure(({ message }) => reported.push(message));
    fail(new Error("nobody looks"));
    await afterMicrotasks();
    restore();
    expect(reported).to.deep.equal(["Error: nobody looks"]);
  });

  it("talk on a reactor of one's own until both have ended", async () => {
    await onClock(async ({ reactor }) => {
      class Asking extends LineReceiver {
        heard = "";
        override connectionMade(): void {
          this.sendLine("tea");
        }
        override lineReceived(line: string): void {
          this.heard = line;
          reactor.callLater(60, () => this.transport.loseConnection());
        }
      }
      const [server, client] = [new Shout(), new Asking()];
      await loopback(reactor, server, client);
      expect(client.heard).to.equal("TEA");
      expect(reactor.seconds()).to.equal(60);
    });
  });

  it("are cut when somebody gives up", async () => {
    await onClock(async ({ reactor, pass }) => {
      const [server, client] = [new Noted(), new Noted()];
      const over = loopback(reactor, server, client);
      await pass(1);
      over.cancel();
      failureResultOf(over);
      await pass(1);
      expect(server.life).to.deep.equal(["made", "lost ConnectionAbortedError"]);
      expect(client.life).to.deep.equal(["made", "lost ConnectionLostError"]);
    });
  });

  it("need a reactor that createReactor has made", () => {
    const stranger = { ...createReactor("clock") } as ReturnType<typeof createReactor<"clock">>;
    failureResultOf(loopback(stranger, new Noted(), new Noted()));
  });
});
