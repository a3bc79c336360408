import { expect } from "chai";
import type { Transport } from "skein/protocols";
import { ConnectionAbortedError, ConnectionDoneError, WriteOverflowError } from "skein/reactor";
import { StringTransport } from "skein/testing";

describe("StringTransport", () => {
  it("is a transport", () => {
    const transport: Transport = new StringTransport();
    expect(transport.connected).to.equal(true);
  });

  it("keeps what is written, as bytes, as text and in pieces", () => {
    const transport = new StringTransport();
    expect(transport.write("héllo")).to.equal(true);
    expect(transport.write(new Uint8Array([33, 10]))).to.equal(true);
    expect(transport.text()).to.equal("héllo!\n");
    expect([...transport.bytes()]).to.deep.equal([104, 0xc3, 0xa9, 108, 108, 111, 33, 10]);
    expect(transport.writes.map(({ length }) => length)).to.deep.equal([6, 2]);
  });

  it("writes a sequence piece by piece", () => {
    const transport = new StringTransport();
    expect(transport.writeSequence(["a", new Uint8Array([98]), "c"])).to.equal(true);
    expect(transport.text()).to.equal("abc");
  });

  it("keeps a byte order mark, which is a character like others", () => {
    const transport = new StringTransport();
    transport.write("\uFEFFtext");
    expect(transport.text()).to.equal("\uFEFFtext");
  });

  it("forgets what was written when it is cleared", () => {
    const transport = new StringTransport();
    transport.write("before");
    transport.clear();
    transport.write("after");
    expect(transport.text()).to.equal("after");
  });

  it("drops and counts what is written after it is closed", () => {
    for (const close of ["loseConnection", "abortConnection"] as const) {
      const transport = new StringTransport();
      transport.write("before");
      transport[close]();
      expect(transport.write("after")).to.equal(false);
      expect(transport.writeSequence(["and", "on"])).to.equal(false);
      expect(transport.text()).to.equal("before");
      expect(transport.droppedBytes).to.equal(10);
    }
  });

  it("knows that it was closed, and why", () => {
    const transport = new StringTransport();
    expect(transport).to.include({ disconnecting: false, aborted: false, reason: undefined });
    transport.loseConnection();
    expect(transport).to.include({ connected: false, disconnecting: true, aborted: false });
    expect(transport.reason).to.be.instanceOf(ConnectionDoneError);
  });

  it("keeps the first reason that it is given", () => {
    const transport = new StringTransport();
    const reason = new Error("why");
    transport.loseConnection(reason);
    transport.loseConnection(new Error("another"));
    transport.abortConnection();
    expect(transport.reason).to.equal(reason);
    expect(transport.aborted).to.equal(true);
  });

  it("knows that it was aborted, and why", () => {
    const transport = new StringTransport();
    transport.abortConnection();
    expect(transport).to.include({ connected: false, disconnecting: true, aborted: true });
    expect(transport.reason).to.be.instanceOf(ConnectionAbortedError);
    transport.abortConnection(new Error("another"));
    expect(transport.reason).to.be.instanceOf(ConnectionAbortedError);
  });

  it("may be aborted while it is closing, which is then the reason", () => {
    const transport = new StringTransport();
    transport.loseConnection();
    transport.abortConnection();
    expect(transport.reason).to.be.instanceOf(ConnectionAbortedError);
  });

  it("knows whether it is paused", () => {
    const transport = new StringTransport();
    transport.pauseProducing();
    expect(transport.paused).to.equal(true);
    transport.resumeProducing();
    expect(transport.paused).to.equal(false);
  });

  it("plays a peer that is behind", () => {
    const transport = new StringTransport();
    transport.bufferedBytes = 64 * 1024;
    expect(transport.write("a")).to.equal(true);
    transport.bufferedBytes++;
    expect(transport.write("b")).to.equal(false);
    expect(transport.connected).to.equal(true);
    transport.maxBufferedBytes = 64 * 1024;
    expect(transport.write("c")).to.equal(false);
    expect(transport.reason).to.be.instanceOf(WriteOverflowError);
  });

  it("has the addresses that it is given", () => {
    const transport = new StringTransport({ peer: { type: "TCP", host: "10.0.0.1", port: 7 } });
    expect(transport.getPeer()).to.deep.equal({ type: "TCP", host: "10.0.0.1", port: 7 });
    expect(transport.getHost()).to.deep.equal({ type: "TCP", host: "127.0.0.1", port: 1 });
  });

  it("notes the socket options", () => {
    const transport = new StringTransport();
    expect(transport.tcpNoDelay).to.equal(undefined);
    transport.setTcpNoDelay(true);
    transport.setTcpKeepAlive(false);
    expect(transport).to.include({ tcpNoDelay: true, tcpKeepAlive: false });
  });
});

describe("StringTransport, for a test that looks and plays", () => {
  it("gives what is written by its name in Twisted too", () => {
    const transport = new StringTransport();
    transport.write("tea");
    expect(new TextDecoder().decode(transport.value())).to.equal("tea");
    transport.clear();
    expect(transport.value()).to.have.lengthOf(0);
  });

  it("shows the producer that it has", () => {
    const transport = new StringTransport();
    const push = { pauseProducing() {}, resumeProducing() {}, stopProducing() {} };
    expect(transport).to.include({ producer: undefined, streaming: false });
    transport.registerProducer(push, true);
    expect(transport).to.include({ producer: push, streaming: true });
    expect(() => transport.registerProducer({ ...push }, false)).to.throw("a producer already");
    expect(transport).to.include({ producer: push, streaming: true });
    transport.unregisterProducer();
    expect(transport).to.include({ producer: undefined, streaming: false });
    const pull = { resumeProducing: () => transport.unregisterProducer(), stopProducing() {} };
    transport.registerProducer(pull, false);
    expect(transport.producer).to.equal(undefined);
    transport.registerProducer(push, true);
    transport.lose();
    expect(transport.producer).to.equal(undefined);
  });

  it("plays TLS: what was asked for, and what has come of it", () => {
    const transport = new StringTransport();
    expect(transport.encrypted).to.equal(false);
    transport.startTLS({ serverName: "tea.example" });
    expect(transport.tls).to.deep.equal({ serverName: "tea.example" });
    transport.encrypted = true;
    transport.negotiatedProtocol = "tea/1";
    const certificate = { subject: "tea.example" } as unknown as NonNullable<
      ReturnType<StringTransport["getPeerCertificate"]>
    >;
    transport.peerCertificate = certificate;
    expect(transport.getPeerCertificate()).to.equal(certificate);
  });
});
