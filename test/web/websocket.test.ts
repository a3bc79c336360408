// First: ws takes crypto's functions when it is loaded.
import { bridged } from "../support/bridged.ts";
import { expect } from "chai";
import { succeed, type Failure } from "skein/defer";
import { MemoryClientEndpoint, MemoryServerEndpoint } from "skein/endpoints";
import { createReactor, type Reactor } from "skein/reactor";
import { deferLater } from "skein/task";
import { Site, routes } from "skein/web";
import {
  connectWebSocket,
  type ConnectWebSocketOptions,
  type WebSocketClosedError,
  WebSocketMessages,
  WebSocketProtocol,
  websockets,
  type WebSocketsOptions,
} from "skein/websocket";
import { onClock } from "../support/on-clock.ts";
import { RawClient } from "../support/web.ts";
import { connectDuplex } from "skein/interop";

class Echo extends WebSocketProtocol {
  readonly life: string[] = [];
  override connectionMade(): void {
    this.life.push("made");
  }
  override messageReceived(message: string | Uint8Array): void {
    this.transport.send(message);
  }
  override connectionLost(reason: Failure): void {
    const { closeCode, closeReason } = reason.value as WebSocketClosedError;
    this.life.push(`lost ${closeCode} ${closeReason}`.trim());
  }
}

interface Served {
  readonly url: string;
  readonly site: Site;
  /** Those that were built, in their order. */
  readonly built: Echo[];
}

async function serve(
  reactor: Reactor<"tcp">,
  options: WebSocketsOptions = {},
  make: () => Echo = () => new Echo(),
): Promise<Served> {
  const site = new Site(reactor, routes({}));
  const built: Echo[] = [];
  websockets(
    site,
    "/echo",
    () => {
      const echo = make();
      built.push(echo);
      return echo;
    },
    options,
  );
  const port = await reactor.listenTCP(0, site, { interface: "127.0.0.1" });
  return { url: `ws://127.0.0.1:${port.getHost().port}/echo`, site, built };
}

/** What connecting comes to. */
async function refusal(
  reactor: Reactor<"tcp">,
  url: string,
  options: ConnectWebSocketOptions = {},
): Promise<string> {
  try {
    await connectWebSocket(reactor, url, undefined, options);
    return "open";
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

async function endOf(messages: WebSocketMessages): Promise<WebSocketClosedError> {
  for (;;) {
    try {
      await messages.receive();
    } catch (error) {
      return error as WebSocketClosedError;
    }
  }
}

describe("WebSockets", () => {
  bridged(
    "carry text and bytes both ways, and end with a code",
    async (reactor) => {
      const { url, built } = await serve(reactor);
      const client = await connectWebSocket(reactor, url, new WebSocketMessages(), {
        headers: { host: "site.example" },
      });
      const seen: string[] = [];
      for (const message of ["hello, wörld", Uint8Array.of(0, 255), "x".repeat(100_000), ""]) {
        client.send(message);
        const echo = await client.receive();
        seen.push(
          typeof echo === "string" ? `text ${echo.slice(0, 12)}` : `bytes ${[...echo].join()}`,
        );
      }
      client.close(4000, "enough");
      const { closeCode, closeReason } = await endOf(client);
      await deferLater(reactor, 0.1);
      return [...seen, `${closeCode} ${closeReason}`, ...(built[0]?.life ?? [])];
    },
    [
      "text hello, wörld",
      "bytes 0,255",
      "text xxxxxxxxxxxx",
      "text ",
      "4000 enough",
      "made",
      "lost 4000 enough",
    ],
  );

  it("leave the same trace every time, without virtual globals", async () => {
    const traces: string[] = [];
    for (let run = 0; run < 3; run++) {
      let trace = "";
      const reactor = createReactor("clock", {
        latency: 0.01,
        segments: 20,
        trace: ({ at, event }) => (trace += `${at} ${event}\n`),
      });
      const stopped = reactor.run();
      const { url } = await serve(reactor);
      const client = await connectWebSocket(reactor, url);
      client.send("hello");
      await client.receive();
      client.close();
      await endOf(client);
      reactor.stop();
      await stopped;
      traces.push(trace);
    }
    expect(traces[0]).to.include("data");
    expect(traces[1]).to.equal(traces[0]);
    expect(traces[2]).to.equal(traces[0]);
  });

  it("are read by for await, to their end", () =>
    onClock(async ({ reactor }) => {
      const { url, built } = await serve(reactor);
      const client = await connectWebSocket(reactor, url);
      const seen: unknown[] = [];
      for (let i = 0; i < 100; i++) client.send(`${i}`);
      for await (const message of client) {
        seen.push(message);
        if (seen.length === 100) built[0]?.transport.close(1001);
      }
      expect(seen).to.deep.equal(Array.from({ length: 100 }, (_, i) => `${i}`));
      const again = await connectWebSocket(reactor, url);
      again.transport.abortConnection();
      const { closeCode } = await endOf(again);
      expect(closeCode).to.equal(1006);
    }));

  it("lose no message that came with the end", () =>
    onClock(async ({ reactor, pass }) => {
      const { url } = await serve(reactor, {}, () =>
        Object.assign(new Echo(), {
          connectionMade(this: Echo) {
            for (const text of ["one", "two", "three"]) this.transport.send(text);
            this.transport.close();
          },
        }),
      );
      const client = await connectWebSocket(reactor, url);
      await pass(1);
      const seen: unknown[] = [];
      for await (const message of client) seen.push(message);
      expect(seen).to.deep.equal(["one", "two", "three"]);
    }));

  it("slow a peer down that is not read", () =>
    onClock(async ({ reactor, pass }) => {
      let sent = 0;
      const { url, built } = await serve(reactor);
      const client = await connectWebSocket(reactor, url);
      await pass(1);
      const pushed = built[0];
      const bytes = new Uint8Array(10_000);
      const producer = {
        paused: 0,
        resumeProducing(): void {
          for (let more = true; more && sent < 2000; sent++) {
            more = pushed?.transport.send(bytes) ?? false;
          }
        },
        pauseProducing(): void {
          this.paused++;
        },
        stopProducing(): void {},
      };
      pushed?.transport.registerProducer(producer, true);
      producer.resumeProducing();
      await pass(10);
      expect(sent).to.be.lessThan(500);
      expect(producer.paused).to.be.greaterThan(0);
      const before = sent;
      for (let i = 0; i < 300; i++) await client.receive();
      await pass(1);
      expect(sent).to.be.greaterThan(before);
      pushed?.transport.unregisterProducer();
      client.close();
    }));

  it("tell when more may be sent, and when never", () =>
    onClock(async ({ reactor, pass }) => {
      const { url, built } = await serve(reactor);
      const client = await connectWebSocket(reactor, url);
      await pass(1);
      const { transport } = built[0] as Echo;
      let drained = succeed<void>(undefined);
      // How much the way to the client holds is the platform's affair.
      for (let i = 0; i < 100 && drained.called; i++) {
        for (let more = true; more;) more = transport.send(new Uint8Array(10_000));
        drained = transport.whenDrained();
        await pass(1);
      }
      expect(drained.called).to.equal(false);
      for (let i = 0; i < 1000 && !drained.called; i++) await client.receive();
      expect(drained.called).to.equal(true);
      for (let more = true; more;) more = transport.send(new Uint8Array(10_000));
      const never = transport.whenDrained().addErrback((failure) => (failure.value as Error).name);
      client.transport.abortConnection();
      expect(await never).to.equal("WebSocketClosedError");
    }));

  it("are cut off when too much waits to be sent", () =>
    onClock(async ({ reactor, pass }) => {
      const { url, built } = await serve(reactor, { maxBufferedBytes: 200_000 });
      await connectWebSocket(reactor, url);
      await pass(1);
      const { transport } = built[0] as Echo;
      let reason: unknown;
      Object.assign(built[0] as Echo, {
        connectionLost: (failure: Failure) => (reason = failure.value),
      });
      for (let i = 0; i < 1000 && transport.connected; i++) transport.send(new Uint8Array(10_000));
      await pass(1);
      expect((reason as Error).cause).to.have.property("code", "ERR_WRITE_OVERFLOW");
    }));

  it("end with 1009 for a message that is too large", () =>
    onClock(async ({ reactor, pass }) => {
      const { url, built } = await serve(reactor, { maxMessageBytes: 100 });
      const client = await connectWebSocket(reactor, url);
      client.send("x".repeat(101));
      const { closeCode } = await endOf(client);
      expect(closeCode).to.equal(1009);
      await pass(1);
      expect(built[0]?.life).to.have.lengthOf(2);
    }));

  it("end with 1011 where a protocol throws, which is reported", () =>
    onClock(async ({ reactor, errors, pass }) => {
      const boom = new Error("boom");
      const { url } = await serve(reactor, {}, () =>
        Object.assign(new Echo(), {
          messageReceived() {
            throw boom;
          },
        }),
      );
      const client = await connectWebSocket(reactor, url);
      client.send("hello");
      expect((await endOf(client)).closeCode).to.equal(1011);
      await pass(1);
      expect(errors.splice(0)).to.deep.equal([boom]);
    }));

  it("ask peers that are silent, and cut off those that are gone", () =>
    onClock(async ({ reactor, pass }) => {
      const { url, built } = await serve(reactor, { pingInterval: 5 });
      const client = await connectWebSocket(reactor, url, undefined, { pingInterval: Infinity });
      void endOf(client);
      await pass(100);
      expect(built[0]?.life).to.deep.equal(["made"]);
      const partition = reactor.partition({ host: "127.0.0.1" });
      await pass(11);
      expect(built[0]?.life).to.deep.equal(["made", "lost 1006"]);
      partition.heal();
    }));

  it("wait so long for a goodbye, and no longer", () =>
    onClock(async ({ reactor, pass }) => {
      const { url, built } = await serve(reactor, { closeTimeout: 3 });
      const port = Number(new URL(url).port);
      const deaf = new RawClient(connectDuplex(reactor, "127.0.0.1", port));
      deaf.send(
        "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n" +
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
      );
      await deaf.until("\r\n\r\n");
      await pass(0);
      const began = reactor.seconds();
      built[0]?.transport.close();
      await deaf.closed;
      expect(reactor.seconds() - began).to.equal(3);
      expect(built[0]?.life.at(-1)).to.equal("lost 1006");
    }));

  it("are told goodbye when the site drains, and when the client's reactor stops", () =>
    onClock(async ({ reactor }) => {
      const { url, site, built } = await serve(reactor);
      const client = await connectWebSocket(reactor, url);
      const ended = endOf(client);
      await site.drain(10);
      expect((await ended).closeCode).to.equal(1001);
      expect(built[0]?.life).to.deep.equal(["made", "lost 1001"]);
      expect(reactor.seconds()).to.equal(0);
    }));

  it("stop with the reactor, in order", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    const { url, built } = await serve(reactor);
    const client = await connectWebSocket(reactor, url);
    const ended = endOf(client);
    reactor.stop();
    await stopped;
    expect((await ended).closeCode).to.equal(1001);
    expect(built[0]?.life).to.deep.equal(["made", "lost 1001"]);
  });

  it("refuse what is no goodbye", () =>
    onClock(async ({ reactor }) => {
      const { url } = await serve(reactor);
      const client = await connectWebSocket(reactor, url);
      for (const code of [1005, 1006, 999, 5000, Number.NaN]) {
        expect(() => client.close(code), `${code}`).to.throw("is no code");
      }
      expect(() => client.close(1000, "ü".repeat(62))).to.throw("123 bytes");
      client.close(3000, "ü".repeat(61));
      expect((await endOf(client)).closeCode).to.equal(3000);
    }));

  describe("are refused", () => {
    it("at another path, which is answered as any other", () =>
      onClock(async ({ reactor }) => {
        const { url } = await serve(reactor);
        expect(await refusal(reactor, url.replace("echo", "other"))).to.equal(
          "WebSocketRefusedError: the server has answered 404",
        );
      }));

    it("to pages of other origins, unless they are named", () =>
      onClock(async ({ reactor }) => {
        const from = (origin: string): ConnectWebSocketOptions => ({ headers: { origin } });
        const { url } = await serve(reactor, { origins: ["https://friend.example"] });
        expect(await refusal(reactor, url, from("https://evil.example"))).to.include("403");
        expect(await refusal(reactor, url, from("null"))).to.include("403");
        expect(await refusal(reactor, url, from("https://friend.example"))).to.equal("open");
        expect(await refusal(reactor, url, from(`http://${new URL(url).host}`))).to.equal("open");
        const any = await serve(reactor, { origins: "any" });
        expect(await refusal(reactor, any.url, from("https://evil.example"))).to.equal("open");
      }));

    it("when there are enough, or none is built", () =>
      onClock(async ({ reactor, errors }) => {
        const { url } = await serve(reactor, { maxConnections: 1 });
        const first = await connectWebSocket(reactor, url);
        expect(await refusal(reactor, url)).to.include("503");
        first.close();
        await endOf(first);
        expect(await refusal(reactor, url)).to.equal("open");
        const site = new Site(reactor, routes({}));
        websockets(site, "/none", () => null);
        websockets(site, "/broken", () => {
          throw new Error("broken");
        });
        await reactor.listenTCP(80, site);
        expect(await refusal(reactor, "ws://127.0.0.1/none")).to.include("403");
        expect(await refusal(reactor, "ws://127.0.0.1/broken")).to.include("500");
        expect(errors.splice(0).map(String)).to.deep.equal(["Error: broken"]);
      }));

    it("by servers that speak something else, or are silent, or not there", () =>
      onClock(async ({ reactor }) => {
        const silent = new Site(reactor, () => {});
        await reactor.listenTCP(81, silent);
        expect(await refusal(reactor, "ws://127.0.0.1:81/", { timeout: 7 })).to.equal(
          "TimeoutError: the server has not answered for 7 seconds",
        );
        expect(reactor.seconds()).to.equal(7);
        expect(await refusal(reactor, "ws://127.0.0.1:82/")).to.match(/^ConnectionRefusedError/);
      }));

    it("where the URL is none", () =>
      onClock(async ({ reactor }) => {
        for (const url of ["http://a/", "nonsense", "ws://a/#b"]) {
          expect(await refusal(reactor, url), url).to.match(/^BadOptionError: a WebSocket's URL/);
        }
        expect(() => websockets(new Site(reactor, () => {}), "echo", () => null)).to.throw("slash");
      }));

    it("by cancelling", () =>
      onClock(async ({ reactor }) => {
        await reactor.listenTCP(81, new Site(reactor, () => {}));
        const connecting = connectWebSocket(reactor, "ws://127.0.0.1:81/");
        reactor.callLater(1, () => connecting.cancel());
        const error = await connecting.addErrback((failure) => failure.value as Error);
        expect((error as Error).name).to.equal("CancelledError");
      }));
  });

  it("agree on a subprotocol", () =>
    onClock(async ({ reactor }) => {
      const { url } = await serve(reactor, { subprotocols: ["tea", "coffee"] });
      const client = await connectWebSocket(reactor, url, undefined, {
        subprotocols: ["coffee", "tea"],
      });
      expect(client.transport.subprotocol).to.equal("tea");
      client.close();
    }));

  it("go over any endpoint", () =>
    onClock(async ({ reactor }) => {
      const site = new Site(reactor, routes({}));
      websockets(site, "/echo", () => new Echo());
      const server = new MemoryServerEndpoint(reactor, "echo");
      await server.listen(site);
      const endpoint = new MemoryClientEndpoint(reactor, "echo");
      const client = await connectWebSocket(reactor, "ws://tea.example/echo", undefined, {
        endpoint,
      });
      client.send("over memory");
      expect(await client.receive()).to.equal("over memory");
      client.close();
    }));
});
