import { expect } from "chai";
import type { Server } from "node:net";
import { Factory, Protocol } from "skein/protocols";
import { createReactor } from "skein/reactor";
import { LineClient } from "skein/testing";
import { shareReads } from "../../src/reactor/backends/libuv/shared-reads.ts";

const server = (handle: unknown): Server => ({ _handle: handle }) as unknown as Server;

describe("reads of libuv's sockets into one buffer", () => {
  it("are what there is on this version of Node", async function () {
    if (process.platform === "win32") this.skip();
    const reactor = createReactor("libuv");
    void reactor.run();
    // A piece that Node has read by itself has a buffer of its own length.
    const buffers: number[] = [];
    class Measuring extends Protocol {
      override dataReceived(data: Uint8Array): void {
        buffers.push(data.buffer.byteLength);
        this.transport.write("back\n");
      }
    }
    const opened = await reactor.listenTCP(0, Factory.forProtocol(Measuring));
    const client = await LineClient.dial(reactor, opened.getHost().port);
    client.say("there");
    await client.heard("back");
    reactor.stop();
    // The pool that Node copies small pieces to: Node 26 has some bytes more in it than it says.
    expect(buffers).to.deep.equal([Buffer.from("small").buffer.byteLength]);
  });

  it("are left alone where a server has no handle, or another kind of one", () => {
    for (const handle of [undefined, null, {}]) {
      const other = server(handle);
      shareReads(other);
      expect(other).to.deep.equal(server(handle));
    }
  });

  it("are not for connections that cannot read so, nor for failures to accept", () => {
    const accepted: unknown[] = [];
    const handle = {
      onconnection(status: number, client?: object): void {
        expect(this).to.equal(handle);
        accepted.push([status, client]);
      },
    };
    shareReads(server(handle));
    const client = {};
    handle.onconnection(0, client);
    handle.onconnection(-24);
    expect(accepted).to.deep.equal([
      [0, client],
      [-24, undefined],
    ]);
  });
});
