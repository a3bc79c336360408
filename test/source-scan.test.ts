import { expect } from "chai";
import { importsOf } from "./support/imports.ts";
import { lineAt, scanSource } from "./support/source-scan.ts";

describe("source scan", () => {
  const code = (text: string): string => scanSource(text).code;

  it("blanks comments and keeps lines and offsets", () => {
    const text = "a; // x\n/* y\n z */ b;";
    expect(code(text)).to.equal("a;     \n    \n      b;");
    expect(scanSource(text).comments.map((comment) => comment.content)).to.deep.equal([
      " x",
      " y\n z ",
    ]);
  });

  it("blanks strings but keeps their quotes", () => {
    expect(code(`f("a//b", 'it\\'s', "")`)).to.equal(`f("    ", '     ', "")`);
    expect(scanSource(`f("a//b", 'c')`).strings).to.deep.equal([
      { start: 2, end: 8, content: "a//b" },
      { start: 10, end: 13, content: "c" },
    ]);
  });

  it("keeps the code inside templates", () => {
    expect(code("`a ${b + `c ${d}` + { e: 1 }.e} f`;x")).to.equal(
      "`  ${b + `  ${d}` + { e: 1 }.e}  `;x",
    );
  });

  it("blanks regular expressions and leaves divisions", () => {
    expect(code('x = /["/*]\\//g; "a"')).to.equal(`x = ${" ".repeat(9)}g; " "`);
    expect(code("x = a / b / c; // d")).to.equal("x = a / b / c;     ");
    expect(code("return /'/.test(s) ? 'a' : 1;")).to.equal("return    .test(s) ? ' ' : 1;");
  });

  it("goes on after an unterminated string at the end of its line", () => {
    expect(code("'abc\nd")).to.equal("'  c\nd");
  });

  it("counts lines from 1", () => {
    expect([0, 1, 2, 4].map((offset) => lineAt("a\nb\nc", offset))).to.deep.equal([1, 1, 2, 3]);
  });
});

describe("import scan", () => {
  const specifiers = (text: string): string[] => importsOf(text).map((found) => found.specifier);

  it("finds every form", () => {
    const text = `
      import "a";
      import b from "b";
      import { c, type C } from 'c';
      import d, * as dd from "d";
      export * from "e";
      export * as f from "f";
      export {
        g, // comment from "x"
      } from "g";
      const h = await import("h");
      const i = await import(/* static */ \`i\`);
      import j from "j" with { type: "json" };
    `;
    expect(specifiers(text)).to.deep.equal(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]);
  });

  it("tells imports of types from the others", () => {
    const text = `
      import type { A } from "a";
      export type { B } from "b";
      export type * from "c";
      import { type D } from "d";
      import type, { E } from "e";
      import type from "f";
      type G = typeof import("g");
    `;
    expect(importsOf(text).map((found) => found.typeOnly)).to.deep.equal([
      true,
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  it("is not misled by comments, strings, properties and exported values", () => {
    const text = `
      // import "a";
      const text = 'import "b"';
      loader.import("c");
      export default "d";
      export const e = "e";
      const meta = import.meta.url;
      const where = \`from "f"\`;
      export type G = "g";
    `;
    expect(specifiers(text)).to.deep.equal([]);
  });

  it("knows the lines", () => {
    const [found] = importsOf('\nimport {\n  a,\n} from "a";');
    expect(found?.line).to.equal(4);
  });
});
