import { expect } from "chai";
import { reactor, start } from "../support/command.ts";

const DAEMON = "test/fixtures/daemons/shouting.ts";

describe("reactor: a TypeScript daemon whose worker module is TypeScript", () => {
  it("has another thread on libuv", async () => {
    const { status, stdout, stderr } = await reactor(DAEMON);
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(stdout).to.equal("HELLO, from another thread\n");
  });

  it("has another thread on libuv, run with tsx", async () => {
    const { status, stdout, stderr } = await start([DAEMON], ["--import=tsx"]).ended;
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(stdout).to.equal("HELLO, from another thread\n");
  });

  it("stays in its thread on clock", async () => {
    const { status, stdout, stderr } = await reactor("--backend", "clock", DAEMON);
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(stdout).to.equal("HELLO, from the same thread\n");
  });
});
