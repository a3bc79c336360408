import { expect } from "chai";
import { text } from "node:stream/consumers";
import { prefixLines } from "../../../src/cli/fleet/prefix-lines.ts";

/** What comes of these chunks, where objects in JSON get a field. */
function prefixed(...chunks: string[]): Promise<string> {
  const lines = prefixLines("3: ", '{"process":3,');
  for (const chunk of chunks) lines.write(chunk);
  lines.end();
  return text(lines);
}

describe("the lines of a process in a fleet", () => {
  it("have its number before them, however they are cut, and all have an end", async () => {
    expect(await prefixed("on", "e\ntwo\n\nth", "ree")).to.equal("3: one\n3: two\n3: \n3: three\n");
  });

  it("have it as a field where they are objects in JSON", async () => {
    const printed = await prefixed("{", '"tea":"green"}\n{"n":1}');
    expect(
      printed
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).to.deep.equal([
      { process: 3, tea: "green" },
      { process: 3, n: 1 },
    ]);
  });

  it("stay what they are where an object has nothing in it, or is none", async () => {
    expect(await prefixed("{}\n{ said the brace\n")).to.equal("3: {}\n3: { said the brace\n");
  });

  it("go out in pieces where one has no end", async () => {
    const printed = await prefixed(...Array.from({ length: 70 }, () => "x".repeat(1024)));
    expect(printed.split("\n").map((line) => line.length)).to.deep.equal([
      3 + 65 * 1024,
      3 + 5 * 1024,
      0,
    ]);
  });
});
