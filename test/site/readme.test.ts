import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/read-sources.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("the README's table of measurements", () => {
  const rows = read("README.md")
    .split("\n")
    .filter((line) => /^\|.*bench\.ts/.test(line));

  it("has figures that the page of benchmarks has", () => {
    const figures = rows.map((row) => /[\d.]+ \([\d.]+–[\d.]+\)/.exec(row)?.[0]);
    expect(figures.length).to.be.greaterThan(5);
    const page = read("docs/benchmarks.md");
    expect(
      figures.filter((figure) => figure === undefined || !page.includes(figure)),
    ).to.deep.equal([]);
  });

  it("names scripts that are there", () => {
    const scripts = rows.map((row) => /`(bench\/[^`]*)`/.exec(row)?.[1] ?? "");
    expect(scripts.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
  });
});
