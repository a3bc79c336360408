import { expect } from "chai";
import { describeOptions } from "../../src/application/options.ts";

describe("help on options", () => {
  it("has a line for each, in columns, with its default", () => {
    const lines = describeOptions({
      host: { type: "string", default: "127.0.0.1", help: "the address" },
      idleSeconds: { type: "number", default: 600, help: "how long" },
      polite: { type: "boolean", default: true, help: "whether to ask" },
    });
    expect(lines).to.deep.equal([
      "  --host STRING          the address (default: 127.0.0.1)",
      "  --idle-seconds NUMBER  how long (default: 600)",
      "  --[no-]polite          whether to ask (default: true)",
    ]);
  });

  it("says nothing of a default that is empty", () => {
    const lines = describeOptions({ name: { type: "string", default: "", help: "a name" } });
    expect(lines).to.deep.equal(["  --name STRING  a name"]);
  });

  it("has no line for no option", () => {
    expect(describeOptions({})).to.deep.equal([]);
  });
});
