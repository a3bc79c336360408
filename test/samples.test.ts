import { expect } from "chai";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./support/read-sources.ts";
import { runSample } from "./support/run-sample.ts";
import { pathOf } from "./support/sample-files.ts";
import { samplesInMarkdown, samplesInSource, type Sample } from "./support/samples.ts";

/** Markdown in a string: the fences of this file's own samples would be hard to read. */
const markdown = (...lines: readonly string[]): string =>
  lines.join("\n").replaceAll(/'{3,}/g, (fence) => "`".repeat(fence.length));

describe("extraction of samples", () => {
  const only = (samples: readonly Sample[]): Sample => {
    expect(samples).to.have.lengthOf(1);
    return samples[0] as Sample;
  };

  it("finds fenced ts blocks and no others", () => {
    const text = markdown("a", "'''ts", "one();", "'''", "'''sh", "ls", "'''", "'''js", "x", "'''");
    expect(samplesInMarkdown("docs/a.md", text)).to.deep.equal([
      {
        document: "docs/a.md",
        line: 2,
        code: "one();\n",
        name: undefined,
        runs: true,
        expected: [],
      },
    ]);
  });

  it("reads the marks of a fence", () => {
    expect(only(samplesInMarkdown("a.md", markdown("'''ts no-run", "x", "'''"))).runs).to.equal(
      false,
    );
    const named = only(
      samplesInMarkdown("a.md", markdown("'''ts file=hash.ts no-run", "x", "'''")),
    );
    expect(named).to.include({ name: "hash.ts", runs: false });
  });

  it("collects what the code says that it prints, and only from comments", () => {
    const text = markdown(
      "'''ts",
      "console.log(1); // → 1",
      "// → two  words ",
      'console.log("// → no"); // a plain comment',
      "// →",
      "'''",
    );
    expect(only(samplesInMarkdown("a.md", text)).expected).to.deep.equal(["1", "two  words", ""]);
  });

  it("takes the indentation of a list off", () => {
    const text = markdown("- item", "  '''ts", "  if (x) {", "    y();", "", "  }", "  '''");
    expect(only(samplesInMarkdown("a.md", text)).code).to.equal("if (x) {\n  y();\n\n}\n");
  });

  it("does not look into longer fences", () => {
    const text = markdown("'''' md", "'''ts", "x", "'''", "''''", "'''ts", "y", "'''");
    expect(only(samplesInMarkdown("a.md", text)).line).to.equal(6);
  });

  it("takes an unclosed fence to the end of the document", () => {
    expect(only(samplesInMarkdown("a.md", markdown("'''ts", "x"))).code).to.equal("x\n");
  });

  it("finds the samples of docstrings, and of no other comments", () => {
    const text = markdown(
      "/* '''ts",
      " not.a.docstring();",
      " ''' */",
      "/** One line. */",
      "/**",
      " * @example",
      " * Some words.",
      " * '''ts",
      " * import { a } from 'a';",
      " *",
      " *   @decorated",
      " *   indented(); // → x",
      " * '''",
      " * @returns",
      " */",
      `const text = "/** '''ts";`,
    );
    const sample = only(samplesInSource("src/a.ts", text));
    expect(sample).to.include({ document: "src/a.ts", line: 8 });
    expect(sample.code).to.equal("import { a } from 'a';\n\n  @decorated\n  indented(); // → x\n");
    expect(sample.expected).to.deep.equal(["x"]);
  });

  it("gives the samples of a document one folder", () => {
    const text = markdown("'''ts file=hash.ts", "x", "'''", "'''ts", "y", "'''");
    expect(samplesInMarkdown("docs/a.md", text).map(pathOf)).to.deep.equal([
      ".samples/docs-a.md/hash.ts",
      ".samples/docs-a.md/line-4.ts",
    ]);
  });
});

describe("run of a sample", () => {
  let runs = 0;

  async function printedBy(...lines: readonly string[]): Promise<string[]> {
    // Each run has a document of its own: a module is evaluated once.
    const document = `run-of-a-sample-${++runs}.md`;
    const [sample] = samplesInMarkdown(document, markdown("'''ts", ...lines, "'''"));
    const path = join(root, pathOf(sample as Sample));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, lines.join("\n"));
    try {
      return await runSample(sample as Sample);
    } finally {
      rmSync(dirname(path), { recursive: true });
    }
  }

  it("captures what it prints, formatted, line by line", async () => {
    const lines = ['console.log("a %d", 1, { b: 2 });', 'console.log("c\\nd ");'];
    expect(await printedBy(...lines)).to.deep.equal(["a 1 { b: 2 }", "c", "d"]);
  });

  it("waits for what it awaits, and for lines that it has announced", async () => {
    const later = "await new Promise((done) => setTimeout(done, 20));";
    expect(await printedBy(later, "console.log(1);")).to.deep.equal(["1"]);
    const after = "setTimeout(() => console.log(2), 20); // → 2";
    expect(await printedBy(after)).to.deep.equal(["2"]);
  });

  it("gives the console back when it throws", async () => {
    const { log } = console;
    const thrown = await printedBy('throw new Error("planted");').catch((error: unknown) => error);
    expect(thrown).to.be.an("error").with.property("message", "planted");
    expect(console.log).to.equal(log);
  });
});
