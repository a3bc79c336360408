import { once } from "node:events";
import http2 from "node:http2";
import { expect } from "chai";
import { connectDuplex } from "skein/interop";
import { createReactor } from "skein/reactor";
import { deferLater } from "skein/task";
import { LimitTotalConnectionsFactory } from "skein/protocols";
import { runService, StreamServerEndpointService } from "skein";
import { TCPServerEndpoint } from "skein/endpoints";
import { Site, type Handler } from "skein/web";
import { onClock } from "../support/on-clock.ts";
import { get, openSite, RawClient } from "../support/web.ts";

const ok: Handler = (_request, response) => response.end("ok");

describe("a site that drains", () => {
  it("ends at once when there is no connection", () =>
    onClock(async ({ reactor }) => {
      const { site } = await openSite(reactor, ok);
      await site.drain(10);
      expect(reactor.seconds()).to.equal(0);
    }));

  it("closes connections without a request after a second", () =>
    onClock(async ({ reactor, pass }) => {
      const { dial, port, site } = await openSite(reactor, ok, { keepAliveTimeout: 100 });
      const client = dial().send(get("/"));
      await client.until("ok");
      const began = reactor.seconds();
      await port.stopListening();
      await site.drain(10);
      expect(reactor.seconds() - began).to.be.within(1, 1.1);
      expect(client.error).to.equal(undefined);
      await pass(0);
      expect(site.connections).to.equal(0);
    }));

  it("answers a request that comes meanwhile, as the last one", () =>
    onClock(async ({ reactor, pass }) => {
      const { dial, port, site } = await openSite(reactor, ok, { keepAliveTimeout: 100 });
      const client = dial().send(get("/"));
      await client.until("ok");
      await port.stopListening();
      const drained = site.drain(10);
      await pass(0.5);
      client.send(get("/"));
      await client.closed;
      await drained;
      expect(client.statuses).to.deep.equal(["200", "200"]);
      expect(client.heard).to.match(/keep-alive[^]*Connection: close/);
      expect(reactor.seconds()).to.be.closeTo(0.5, 0.1);
    }));

  it("waits for answers under way, which are the last", () =>
    onClock(async ({ reactor }) => {
      const { dial, site, pass } = await openSite(
        reactor,
        (request, response) => {
          if (request.url === "/begun") response.write("be");
          reactor.callLater(5, () => response.end("gun"));
        },
        { keepAliveTimeout: 100 },
      );
      const [late, begun] = [dial().send(get("/late")), dial().send(get("/begun"))];
      await pass(1);
      await site.drain(10);
      expect(reactor.seconds()).to.be.closeTo(5, 0.1);
      await Promise.all([late.closed, begun.closed]);
      expect(late.heard).to.match(/Connection: close[^]*gun$/);
      expect(begun.heard).to.match(/keep-alive[^]*gun\r\n0\r\n\r\n$/);
    }));

  it("cuts off those that are left at the deadline", () =>
    onClock(async ({ reactor }) => {
      const { dial, site, pass } = await openSite(reactor, () => {});
      const client = dial().send(get("/"));
      await pass(1);
      const began = reactor.seconds();
      const [first, second] = [site.drain(10), site.drain(3)];
      await Promise.all([first, second]);
      expect(reactor.seconds() - began).to.equal(3);
      await client.closed;
      expect(client.heard).to.equal("");
    }));

  it("serves a port that listens anew", () =>
    onClock(async ({ reactor, pass }) => {
      const { site, port } = await openSite(reactor, ok);
      await port.stopListening();
      await site.drain(1);
      expect(site.draining).to.equal(true);
      const again = await reactor.listenTCP(8080, site);
      expect(site.draining).to.equal(false);
      const client = new RawClient(connectDuplex(reactor, "127.0.0.1", 8080)).send(get("/"));
      await client.until("ok");
      expect(client.heard).to.include("Connection: keep-alive");
      client.socket.destroy();
      await again.stopListening();
      await pass(1);
    }));

  it("tells clients of HTTP/2 to go elsewhere, and answers what they have begun", () =>
    onClock(async ({ reactor, pass }) => {
      const { port, site } = await openSite(reactor, (_request, response) => {
        reactor.callLater(3, () => response.end("at last"));
      });
      const client = http2.connect("http://site.example", {
        createConnection: () => connectDuplex(reactor, "127.0.0.1", port.getHost().port),
      });
      const stream = client.request({ ":path": "/" });
      let text = "";
      stream.on("data", (data: Buffer) => (text += data.toString()));
      const away = once(client, "goaway");
      await pass(1);
      await port.stopListening();
      const drained = site.drain(10);
      await away;
      expect(reactor.seconds()).to.be.closeTo(1, 0.1);
      await once(stream, "end");
      await drained;
      expect(text).to.equal("at last");
      expect(reactor.seconds()).to.be.closeTo(3, 0.2);
    }));

  it("drains when the reactor stops, its ports closed first", async () => {
    const reactor = createReactor("clock", { drainSeconds: 30 });
    const stopped = reactor.run();
    const { dial, port, pass } = await openSite(reactor, (_request, response) => {
      reactor.callLater(5, () => response.end("answered"));
    });
    const client = dial().send(get("/"));
    await pass(1);
    reactor.stop();
    await pass(0.5);
    const late = new RawClient(connectDuplex(reactor, "127.0.0.1", port.getHost().port));
    await late.closed;
    expect(late.error?.code).to.equal("ECONNREFUSED");
    await stopped;
    expect(client.heard).to.match(/Connection: close[^]*answered$/);
    expect(reactor.seconds()).to.be.closeTo(5, 0.1);
  });

  it("does so below a policy, too", async () => {
    const reactor = createReactor("clock", { drainSeconds: 30 });
    const stopped = reactor.run();
    const site = new Site(reactor, (_request, response) => {
      reactor.callLater(5, () => response.end("answered"));
    });
    await reactor.listenTCP(80, new LimitTotalConnectionsFactory(site, 10));
    const client = new RawClient(connectDuplex(reactor, "127.0.0.1", 80)).send(get("/"));
    await deferLater(reactor, 1);
    reactor.stop();
    await stopped;
    expect(client.heard).to.include("answered");
  });

  it("has the time that its service gives it, also when the reactor stops", async () => {
    const reactor = createReactor("clock", { drainSeconds: 2 });
    const stopped = reactor.run();
    const site = new Site(reactor, (_request, response) => {
      reactor.callLater(5, () => response.end("answered"));
    });
    const endpoint = new TCPServerEndpoint(reactor, 80);
    const options = { clock: reactor, drainTimeout: 20 };
    await runService(reactor, new StreamServerEndpointService(endpoint, site, options));
    const client = new RawClient(connectDuplex(reactor, "127.0.0.1", 80)).send(get("/"));
    await deferLater(reactor, 1);
    reactor.stop();
    await stopped;
    expect(client.heard).to.include("answered");
  });

  it("is told by a service that stops", () =>
    onClock(async ({ reactor, pass }) => {
      const site = new Site(reactor, ok, { keepAliveTimeout: 1000 });
      const endpoint = new TCPServerEndpoint(reactor, 80);
      const service = new StreamServerEndpointService(endpoint, site, {
        clock: reactor,
        drainTimeout: 20,
      });
      await service.startService();
      const client = new RawClient(connectDuplex(reactor, "127.0.0.1", 80)).send(get("/"));
      await client.until("ok");
      await pass(1);
      await service.stopService();
      await client.closed;
      expect(client.error).to.equal(undefined);
      expect(reactor.seconds()).to.be.closeTo(2, 0.1);
    }));
});
