import { expect } from "chai";
import { Failure } from "skein/defer";
import { Protocol } from "skein/protocols";
import { StringTransport } from "skein/testing";

describe("Protocol", () => {
  it("has no transport before it is connected, and says so", () => {
    expect(() => new Protocol().transport).to.throw("no transport before");
  });

  it("has its transport when connectionMade is called", () => {
    const transport = new StringTransport();
    let seen: unknown;
    class Asking extends Protocol {
      override connectionMade(): void {
        seen = this.transport;
        this.transport.write("hello");
      }
    }
    const protocol = new Asking();
    protocol.makeConnection(transport);
    expect(seen).to.equal(transport);
    expect(transport.text()).to.equal("hello");
  });

  it("keeps its transport after the connection is lost", () => {
    const transport = new StringTransport();
    const protocol = new Protocol();
    protocol.makeConnection(transport);
    protocol.connectionLost(new Failure(new Error("planted")));
    expect(protocol.transport).to.equal(transport);
  });

  it("does nothing by itself", () => {
    const transport = new StringTransport();
    const protocol = new Protocol();
    protocol.makeConnection(transport);
    protocol.dataReceived(new Uint8Array([1, 2, 3]));
    expect(transport.writes).to.deep.equal([]);
    expect(transport.disconnecting).to.equal(false);
  });
});
