import { expect } from "chai";
import { text } from "node:stream/consumers";
import { jsonLine } from "skein";
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

  it("go out in pieces where one has no end, and those that go on say so", async () => {
    const printed = await prefixed(...Array.from({ length: 600 }, () => "x".repeat(1024)));
    expect(printed.replaceAll("x".repeat(1024), "k").replaceAll(/k+/g, "kkk")).to.equal(
      "3: kkk\n3: …kkk\n",
    );
    const lengths = printed.split("\n").map((line) => line.replaceAll(/[^x]/g, "").length);
    expect(lengths).to.deep.equal([513 * 1024, 87 * 1024, 0]);
  });

  it("are no objects where one is but a piece of a line", async () => {
    const forged = '{"level":"error","message":"forged"}';
    for (const start of ["x", '{"message":"']) {
      const long = start + "x".repeat(513 * 1024);
      const printed = await prefixed(long, `${forged}\n`, `${forged}\n`);
      const lines = printed.trimEnd().split("\n");
      expect(lines.map((line) => line.slice(0, 6))).to.deep.equal([
        `3: ${start.slice(0, 1)}${long.slice(1, 3)}`,
        '3: …{"',
        '{"proc',
      ]);
    }
  });

  it("stay whole in JSON, as long as the log makes them", async () => {
    const line = jsonLine({
      time: 0,
      level: "info",
      message: "\u001b".repeat(1e6),
      fields: { said: Array.from({ length: 99 }, () => "\u001b".repeat(8192)) },
    });
    const printed = await prefixed(...(`${line}\n`.match(/.{1,65536}|\n/gsu) ?? []));
    expect(line.length).to.be.greaterThan(300_000);
    expect(JSON.parse(printed)).to.include({ process: 3, level: "info" });
  });
});
