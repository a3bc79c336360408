import { expect } from "chai";
import { backendViolations, cycles, directionViolations } from "./support/layering.ts";
import type { Sources } from "./support/layering.ts";
import { purityViolations } from "./support/purity.ts";
import { readSources } from "./support/read-sources.ts";

const files = (texts: Record<string, string>): Sources => new Map(Object.entries(texts));

describe("layering", () => {
  const src = readSources("src", ".ts");

  describe("direction", () => {
    it("holds in src", () => {
      expect(directionViolations(src)).to.deep.equal([]);
    });

    it("lets folders import themselves and lower ones", () => {
      const good = files({
        "src/reactor/index.ts": 'import { a } from "../defer/a.ts";\nexport * from "./loop.ts";',
        "src/cli/main.ts": 'import { a } from "../core/a.ts";\nimport { z } from "zod";',
        "src/testing/index.ts": 'import { a } from "../application/a.ts";',
        "src/index.ts": 'export { a } from "./threads/index.ts";',
      });
      expect(directionViolations(good)).to.deep.equal([]);
    });

    const rejected: Record<string, [path: string, text: string]> = {
      "an upward import": ["src/defer/a.ts", 'import { b } from "../reactor/b.ts";'],
      "an upward import of a type": ["src/core/a.ts", 'import type { B } from "../defer/b.ts";'],
      "an upward re-export": ["src/core/a.ts", 'export * from "../cli/b.ts";'],
      "an upward dynamic import": ["src/task/a.ts", 'await import("../endpoints/b.ts");'],
      "an import of interop by what it bridges": [
        "src/protocols/a.ts",
        'import { b } from "../interop/b.ts";',
      ],
      "an import between siblings": ["src/task/a.ts", 'import "../threads/b.ts";'],
      "a shipped import of testing": ["src/cli/a.ts", 'import { b } from "../testing/b.ts";'],
      "testing that imports cli": ["src/testing/a.ts", 'import { b } from "../cli/b.ts";'],
      "an import of the map": ["src/cli/a.ts", 'import { b } from "../index.ts";'],
      "a map that names cli": ["src/index.ts", 'export * from "./cli/main.ts";'],
      "a map that names testing": ["src/index.ts", 'export * from "./testing/index.ts";'],
      "an import of the package by name": ["src/cli/a.ts", 'import { b } from "skein/defer";'],
      "an unknown folder": ["src/misc/a.ts", ""],
      "a second file beside the map": ["src/extra.ts", ""],
    };
    for (const [what, [path, text]] of Object.entries(rejected)) {
      it(`rejects ${what}`, () => {
        const [first, ...more] = directionViolations(files({ [path]: text }));
        expect(first).to.match(new RegExp(`^${path}:`));
        expect(more).to.deep.equal([]);
      });
    }

    it("names the line and the specifier", () => {
      const text = '// why\nimport {\n  a,\n} from "../reactor/a.ts";\n';
      expect(directionViolations(files({ "src/defer/a.ts": text }))).to.deep.equal([
        "src/defer/a.ts:4: defer must not import reactor (../reactor/a.ts)",
      ]);
    });
  });

  describe("backends", () => {
    it("are imported by the registries only", () => {
      expect(backendViolations(src)).to.deep.equal([]);
    });

    it("may import one another, and the registries them", () => {
      const good = files({
        "src/reactor/index.ts": 'import { a } from "./backends/a.ts";',
        "src/reactor/browser.ts": 'import { a } from "./backends/a.ts";',
        "src/reactor/backends/a.ts": 'import { b } from "./b.ts";',
      });
      expect(backendViolations(good)).to.deep.equal([]);
    });

    const strangers = {
      "src/reactor/loop.ts": "./backends/a.ts",
      "src/testing/index.ts": "../reactor/backends/a.ts",
      "src/cli/main.ts": "../reactor/backends/a.ts",
    };
    for (const [path, specifier] of Object.entries(strangers)) {
      it(`rejects an import in ${path}`, () => {
        const planted = files({ [path]: `import type { A } from "${specifier}";` });
        expect(backendViolations(planted)).to.have.lengthOf(1);
      });
    }
  });

  describe("cycles", () => {
    it("are absent from src", () => {
      expect(cycles(src)).to.deep.equal([]);
    });

    it("are found, and told as a path", () => {
      const planted = files({
        "src/core/a.ts": 'import { b } from "./b.ts";',
        "src/core/b.ts": 'export * from "./c.ts";',
        "src/core/c.ts": 'import "./b.ts";',
      });
      expect(cycles(planted)).to.deep.equal(["src/core/b.ts → src/core/c.ts → src/core/b.ts"]);
    });

    it("include a file that imports itself", () => {
      expect(cycles(files({ "src/core/a.ts": 'import "./a.ts";' }))).to.have.lengthOf(1);
    });

    it("may be closed by a type", () => {
      const good = files({
        "src/core/a.ts": 'import { b } from "./b.ts";',
        "src/core/b.ts": 'import type { A } from "./a.ts";',
      });
      expect(cycles(good)).to.deep.equal([]);
    });

    it("may not be closed by an import of nothing but marked types, which loads the file", () => {
      const planted = files({
        "src/core/a.ts": 'import { b } from "./b.ts";',
        "src/core/b.ts": 'import { type A } from "./a.ts";',
      });
      expect(cycles(planted)).to.have.lengthOf(1);
    });
  });

  describe("purity", () => {
    it("holds in src", () => {
      expect(purityViolations(src)).to.deep.equal([]);
    });

    const impure: readonly string[] = [
      "setTimeout(f, 1);",
      "globalThis.setInterval(f, 1);",
      "setImmediate(f);",
      "clearTimeout(t);",
      "AbortSignal.timeout(5);",
      "Atomics.wait(words, 0, 0);",
      "const { waitAsync } = Atomics;",
      "const t = Date.now();",
      "const t = +new Date();",
      "const t = new Date;",
      "performance.now();",
      "process.hrtime.bigint();",
      "const x = `${Math.random()}`;",
      "crypto.randomUUID();",
      'import { randomBytes } from "node:crypto";',
      'import { performance } from "node:perf_hooks";',
      'import * as net from "node:net";',
      'import type { TLSSocket } from "node:tls";',
      'import { lookup } from "node:dns/promises";',
      'import dgram from "dgram";',
      'import { spawn } from "node:child_process";',
      'const { Worker } = await import("node:worker_threads");',
      'export { setTimeout } from "node:timers/promises";',
    ];
    for (const text of impure) {
      it(`rejects ${text}`, () => {
        expect(purityViolations(files({ "src/protocols/a.ts": text }))).not.to.deep.equal([]);
      });
    }

    it("does not mind comments, strings, longer words and microtasks", () => {
      const text = [
        "// setTimeout would be wrong",
        'const text = "Date.now()" + `Math.random() ${queueMicrotask.name}`;',
        "resetTimeoutMs(/setTimeout/);",
        'import { x } from "node:events";',
        "const noon = new Date(seconds * 1000);",
        "class Socket { setTimeout(timeoutMs: number): this { return this; } }",
      ].join("\n");
      expect(purityViolations(files({ "src/protocols/a.ts": text }))).to.deep.equal([]);
    });

    it("exempts backends and testing", () => {
      const text = 'import net from "node:net";\nsetTimeout(f, Math.random());';
      const exempt = files({ "src/reactor/backends/a.ts": text, "src/testing/a.ts": text });
      expect(purityViolations(exempt)).to.deep.equal([]);
    });

    it("leaves the command its processes, and nothing more", () => {
      const cli = (text: string): string[] => purityViolations(files({ "src/cli/a.ts": text }));
      expect(cli('import { fork } from "node:child_process";\nprocess.exit();')).to.deep.equal([]);
      expect(cli("process.hrtime();")).to.have.lengthOf(1);
      expect(cli("setTimeout(f);")).to.have.lengthOf(1);
      expect(cli('import net from "node:net";')).to.have.lengthOf(1);
    });
  });
});
