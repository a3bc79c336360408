import { once } from "node:events";
import net from "node:net";
import { expect } from "chai";
import { connectDuplex, serveDuplex } from "skein/interop";
import { type Scenario, simulate } from "../support/bridged.ts";

/** Sends a text. */
function sending(text: string): Scenario {
  return async (reactor) => {
    const port = await serveDuplex(reactor, 0, (socket) => socket.end(text));
    const client = connectDuplex(reactor, "127.0.0.1", port.getHost().port);
    const [data] = (await once(client, "data")) as [Buffer];
    return [data.toString()];
  };
}

describe("the tests of the bridge", () => {
  it("would notice other bytes, and only those of encrypted ones would not matter", async () => {
    const hashOf = async (text: string, encrypted: boolean): Promise<string> =>
      (await simulate(sending(text), { encrypted })).hash;
    expect(await hashOf("tea", false)).to.equal(await hashOf("tea", false));
    expect(await hashOf("tea", false)).not.to.equal(await hashOf("eat", false));
    expect(await hashOf("tea", true)).to.equal(await hashOf("eat", true));
  });

  it("would notice a socket that is opened in reality", async () => {
    const { real } = await simulate(async () => {
      class Own extends net.Socket {}
      const socket = new Own().on("error", () => {}).connect(1, "127.0.0.1");
      socket.destroy();
      return [];
    });
    expect(real).to.deep.equal(["net"]);
  });
});
