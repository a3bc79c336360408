import { expect } from "chai";
import { describeOptions } from "../../src/application/describe-options.ts";

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

  it("says what is required, what is secret, and which variables there are", () => {
    const lines = describeOptions({
      level: { type: "choice", choices: ["debug", "error"], default: "error", help: "what to log" },
      peers: { type: "list", default: ["a", "b"], help: "who else", env: "PEERS" },
      ports: { type: "list", of: "integer", default: [], help: "where" },
      key: { type: "string", required: true, secret: true, help: "the key", env: "CHAT_KEY" },
      salt: { type: "string", default: "pepper", secret: true, help: "the salt", env: false },
      count: { type: "integer", required: true, help: "how many" },
    });
    expect(lines).to.deep.equal([
      "  --level debug|error  what to log (default: error)",
      "  --peers STRING ...   who else (default: a,b; env: PEERS)",
      "  --ports INTEGER ...  where",
      "  --key STRING         the key (required; env: CHAT_KEY)",
      "  --salt STRING        the salt (has a default)",
      "  --count INTEGER      how many (required)",
    ]);
  });

  it("has no line for no option", () => {
    expect(describeOptions({})).to.deep.equal([]);
  });
});
