import { expect } from "chai";
import { type LogEvent, logTo, type Reactor, startDaemon } from "skein";
import { chat, echo, forward, irc, manhole, socks, web, wire } from "skein/daemons";
import { LineClient } from "skein/testing";
import { SOCKS5ClientEndpoint, TCPClientEndpoint } from "skein/endpoints";
import { connectProtocol, Protocol } from "skein";
import { type OnClock, onClock } from "../support/on-clock.ts";

/** Runs a body on virtual time; gives it the reactor, and what is logged. */
const onLoggedClock = (body: (reactor: OnClock, said: string[]) => Promise<void>): Promise<void> =>
  onClock(({ reactor }) => {
    const said: string[] = [];
    logTo(reactor, ({ message }: LogEvent) => said.push(message));
    return body(reactor, said);
  });

const dial = (reactor: Reactor<"tcp">, port: number): Promise<LineClient> =>
  Promise.resolve(LineClient.dial(reactor, port));

describe("the daemons that skein brings", () => {
  it("echo sends back what it gets, and logs where it listens", () =>
    onLoggedClock(async (reactor, said) => {
      await startDaemon(reactor, echo, { port: 7 });
      const client = await dial(reactor, 7);
      client.say("hello");
      await client.heard("hello");
      expect(said).to.deep.equal(["echo: listening on 127.0.0.1:7"]);
    }));

  it("chat: people talk, leave, and are dropped when they are idle", () =>
    onLoggedClock(async (reactor, said) => {
      await startDaemon(reactor, chat, { idleSeconds: 60 });
      const [ann, bob] = [await dial(reactor, 7000), await dial(reactor, 7000)];
      ann.say("not a name!");
      await ann.heard("what is yours?");
      ann.say("ann");
      await ann.heard("hello ann! here: ann");
      bob.say("ann");
      await bob.heard("ann is here already");
      bob.say("bob");
      await ann.heard("* bob joins");
      bob.say("hi");
      await ann.heard("<bob> hi");
      bob.say("x".repeat(2000));
      await bob.heard("too long");
      await ann.heard("* bob leaves");
      await ann.heard("idle for too long", 120);
      await ann.ended;
      expect(said.slice(1)).to.deep.equal(["joins", "joins", "leaves", "leaves"]);
    }));

  it("those with times refuse what is none", () =>
    onLoggedClock(async (reactor) => {
      const starts = [
        () => startDaemon(reactor, chat, { idleSeconds: -1 }),
        () => startDaemon(reactor, irc, { pingSeconds: -1 }),
        () => startDaemon(reactor, web, { cacheSeconds: -1 }),
      ];
      for (const start of starts) {
        const error = await start().addCallbacks(
          () => undefined,
          (failure) => failure.value,
        );
        expect(String(error)).to.match(/Seconds must be 0 or more seconds, not -1/);
      }
    }));

  it("forward goes on to an endpoint", () =>
    onLoggedClock(async (reactor) => {
      await startDaemon(reactor, echo, { port: 7 });
      await startDaemon(reactor, forward, { listen: "tcp:8000", to: "tcp:127.0.0.1:7" });
      const client = await dial(reactor, 8000);
      client.say("there and back");
      await client.heard("there and back");
    }));

  it("forward has to know where to, and refuses what is no endpoint", () =>
    onLoggedClock(async (reactor) => {
      const build = forward as (r: typeof reactor, options: object) => unknown;
      expect(() => build(reactor, {})).to.throw('the option "to" has to be given');
      expect(() => build(reactor, { to: "tpc:host:7" })).to.throw(/tpc/);
      expect(() => build(reactor, { to: "tcp:host:7", listen: "tcp:x" })).to.throw(/port/);
    }));

  it("irc lets people in", () =>
    onLoggedClock(async (reactor) => {
      await startDaemon(reactor, irc, { motd: "Tea." });
      const ann = await dial(reactor, 6667);
      ann.say("NICK ann");
      ann.say("USER ann 0 * :Ann");
      await ann.heard("Tea.");
    }));

  it("manhole evaluates what is written to its socket", () =>
    onLoggedClock(async (reactor) => {
      await startDaemon(reactor, manhole, { path: "/run/hole" });
      let heard = "";
      const operator = new (class extends Protocol {
        override connectionMade(): void {
          this.transport.write("reactor.backend\nquit\n");
        }
        override dataReceived(data: Uint8Array): void {
          heard += new TextDecoder().decode(data);
        }
      })();
      reactor.connectUNIX("/run/hole", {
        doStart() {},
        doStop() {},
        startedConnecting() {},
        clientConnectionLost() {},
        clientConnectionFailed() {},
        buildProtocol: () => operator,
      });
      while (!heard.includes("'clock'")) {
        await new Promise<void>((resolve) => void reactor.callLater(0.1, resolve));
      }
    }));

  it("socks connects its clients, who may have to say who they are", () =>
    onLoggedClock(async (reactor) => {
      await startDaemon(reactor, echo, { port: 7 });
      await startDaemon(reactor, socks, { user: "ann", password: "secret" });
      const proxy = new TCPClientEndpoint(reactor, "127.0.0.1", 1080);
      const through = (password: string): PromiseLike<Protocol> =>
        connectProtocol(
          new SOCKS5ClientEndpoint(reactor, proxy, "127.0.0.1", 7, {
            credentials: { username: "ann", password },
          }),
          new Protocol(),
        );
      expect((await through("secret")).transport.connected).to.equal(true);
      const refused = await Promise.resolve(through("guess")).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refused).to.be.instanceOf(Error);
      const build = socks as (r: typeof reactor, options: object) => unknown;
      expect(() => build(reactor, { user: "ann" })).to.throw("come together");
    }));

  it("wire has the services of old, by the time of the reactor", () =>
    onLoggedClock(async (reactor, said) => {
      await startDaemon(reactor, wire, { offset: 0, quote: "tea" });
      expect(said).to.have.lengthOf(6);
      await (await dial(reactor, 13)).heard("Sat, 01 Jan 2000 00:00:00 GMT");
      await (await dial(reactor, 17)).heard("tea");
      const pinged = await dial(reactor, 7);
      pinged.say("ping");
      await pinged.heard("ping");
    }));

  it("fail to start where their port is taken", () =>
    onLoggedClock(async (reactor) => {
      await startDaemon(reactor, echo, { port: 10_013 });
      const codes: unknown[] = [];
      await startDaemon(reactor, wire).addErrback(({ value }) => {
        codes.push((value as { code?: unknown }).code);
      });
      expect(codes).to.deep.equal(["ERR_CANNOT_LISTEN"]);
    }));
});
