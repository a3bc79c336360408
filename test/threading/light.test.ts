import { expect } from "chai";
import { edgesOf } from "../support/layering.ts";
import { readSources } from "../support/read-sources.ts";

describe("what threads share", () => {
  it("is light: a worker that has a lock loads nothing of reactors and pools", () => {
    const edges = edgesOf(readSources("src", ".ts")).filter(({ typeOnly }) => !typeOnly);
    const loaded = new Set(["src/threading/index.ts"]);
    for (const file of loaded) {
      for (const { from, to } of edges) if (from === file) loaded.add(to);
    }
    // Of the pools, what connects an argument with a process.
    const others = [...loaded].filter((file) => !file.startsWith("src/threads/in-reactor"));
    const folders = new Set(others.map((file) => file.split("/")[1]));
    expect([...folders]).to.have.members(["core", "defer", "threading"]);
  });
});
