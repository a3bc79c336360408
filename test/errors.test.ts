import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as skein from "skein";
import * as amp from "skein/amp";
import * as rxjs from "skein/rxjs";
import * as testing from "skein/testing";
import * as multiprocessing from "skein/multiprocessing";
import * as threading from "skein/threading";
import * as inline from "skein/threads/inline";
import * as sinon from "skein/testing/sinon";
import * as virtual from "skein/virtual/api";
import * as web from "skein/web";
import * as websocket from "skein/websocket";
import { readSources, root } from "./support/read-sources.ts";

/** Every class in src that has a code of its own, with the code. */
function declared(): Map<string, string> {
  const found = new Map<string, string>();
  for (const text of readSources("src", ".ts").values()) {
    for (const [, body = ""] of text.matchAll(/class (\w+ extends [\s\S]*?\n})/g)) {
      const code = /code(?:: string)? = "(\w+)"/.exec(body)?.[1];
      if (code !== undefined) found.set(code, /^\w+/.exec(body)?.[0] as string);
    }
  }
  return found;
}

describe("the table of errors", () => {
  const rows = [
    ...readFileSync(join(root, "docs/errors.md"), "utf8").matchAll(/^\| `(ERR_\w+)` +\| `(\w+)`/gm),
  ];
  const table = new Map(rows.map(([, code = "", name = ""]) => [code, name]));

  it("lists every error class with its code, and no other", () => {
    expect(table).to.deep.equal(declared());
    expect(table.size).to.be.greaterThan(25);
  });

  it("is in order", () => {
    expect([...table.keys()]).to.deep.equal([...table.keys()].sort((a, b) => (a < b ? -1 : 1)));
  });

  it("lists classes that can be imported", () => {
    const tests = { ...testing, ...sinon };
    const workers = { ...inline, ...multiprocessing, ...threading };
    const others = { ...amp, ...rxjs, ...virtual, ...web, ...websocket };
    const exported = Object.keys({ ...skein, ...others, ...tests, ...workers });
    expect(exported).to.include.members([...table.values()]);
  });
});
