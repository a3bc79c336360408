import { expect } from "chai";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../support/read-sources.ts";
import { deadLinks, type Page, readPage, readPages } from "../support/site.ts";

const BUILD_TIMEOUT_MS = 60_000;

describe("the site of the documents", () => {
  let folder = "";
  let pages: Map<string, Page> = new Map();
  let printed = "";

  before(async function () {
    this.timeout(BUILD_TIMEOUT_MS);
    folder = mkdtempSync(join(tmpdir(), "skein-site-"));
    const build = [join(root, "scripts", "docs.mjs"), "--out", folder];
    // A dead link ends it with status 1: then this fails, with the link in the message.
    printed = (await promisify(execFile)(process.execPath, build)).stdout;
    pages = readPages(folder, readdirSync(folder, { recursive: true }) as string[]);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const text = (path: string): string => readFileSync(join(folder, path), "utf8");

  it("has a page for the README, each document, each entry point, and says how many", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly exports: Readonly<Record<string, unknown>>;
    };
    const entries = Object.keys(exports)
      .filter((key) => !key.endsWith(".json"))
      .map((key) => `reference/skein${key.slice(1).replaceAll("/", "-")}.html`);
    const documents = readdirSync(join(root, "docs"), { recursive: true })
      .map(String)
      .filter((path) => path.endsWith(".md"))
      .map((path) => `docs/${path.replace(/\.md$/, ".html")}`);
    expect([...pages.keys()]).to.include.members(["index.html", ...entries, ...documents]);
    expect(printed).to.match(new RegExp(`^${pages.size} pages: `));
  });

  it("has no link that leads nowhere", () => {
    expect(deadLinks(folder, pages)).to.deep.equal([]);
  });

  it("is HTML that needs no mending, with ids that are there once", () => {
    const faults = [...pages].flatMap(([path, { errors, ids }]) => [
      ...errors.map((error) => `${path}: ${error}`),
      ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${path}: twice the id ${id}`),
    ]);
    expect(faults).to.deep.equal([]);
  });

  it("tells of everything that is exported", async () => {
    const named = ["skein/defer", "skein/endpoints", "skein/task", "skein/threads", "skein"];
    const ids = new Set(
      [...pages].filter(([path]) => path.startsWith("reference/")).flatMap(([, page]) => page.ids),
    );
    for (const name of named) {
      const exported = Object.keys((await import(name)) as object);
      expect(exported.filter((each) => !ids.has(each))).to.deep.equal([], name);
    }
  });

  it("tells of each name that is given for one of Twisted's", () => {
    // Code of the second column leads to the reference, where it is a name that is exported.
    const rows = text("docs/from/twisted.html").match(/<tr>\n<td>.*?<\/tr>/gs) ?? [];
    const cells = rows.map((row) => row.split("<td>")[2] ?? "");
    expect(cells.length).to.be.greaterThan(100);
    const bare = cells.flatMap(
      (cell) => cell.match(/(?<!class="name" href="[^"]*">)<code>\w+</g) ?? [],
    );
    expect(bare).to.deep.equal([]);
    expect(cells.join("")).to.include('reference/skein-defer.html#gatherResults">');
  });

  it("shows signatures with their docstrings, and links their types", () => {
    const task = text("reference/skein-task.html");
    expect(task).to.match(
      /<h2 id="LoopingCall">LoopingCall <small>class<\/small><\/h2>\n<p>Calls a/,
    );
    expect(task).to.include('<a href="skein-defer.html#Deferred">Deferred</a>');
    expect(task).to.include('id="LoopingCall.withCount"');
    expect(task).not.to.include("#private");
  });

  it("has all pages on its map", () => {
    expect(text("index.html")).not.to.include("Not on the map");
  });

  it("has an index to search in, whose entries are there", () => {
    const index = text("search-index.js").replace(/^window\.searchIndex = (.*);\n$/s, "$1");
    const entries = JSON.parse(index) as readonly (readonly [string, string, string])[];
    expect(entries.length).to.be.greaterThan(1000);
    const found = new Map([
      ["search.html", { ...readPage(""), targets: entries.map(([, , u]) => u) }],
    ]);
    expect(deadLinks(folder, new Map([...pages, ...found]))).to.deep.equal([]);
    expect(entries.find(([title]) => title === "LoopingCall")?.[2]).to.equal(
      "reference/skein-task.html#LoopingCall",
    );
  });
});

describe("the check of pages", () => {
  const page = (html: string): Page => readPage(`<!doctype html><title>t</title>${html}`);
  let folder = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "skein-pages-"));
    writeFileSync(join(folder, "style.css"), "");
  });
  after(() => rmSync(folder, { recursive: true }));

  it("finds links to files and anchors that are not there", () => {
    const pages = new Map([
      [
        "a.html",
        page('<a href="b/c.html#x">1</a><a href="b/c.html#y">2</a><a href="d.html">3</a>'),
      ],
      ["b/c.html", page('<p id="x"><a href="#y">4</a><a href="../a.html">5</a></p>')],
      ["e.html", page('<link href="style.css"><script src="gone.js"></script>')],
    ]);
    expect(deadLinks(folder, pages)).to.deep.equal([
      "a.html: b/c.html#y",
      "a.html: d.html",
      "b/c.html: #y",
      "e.html: gone.js",
    ]);
  });

  it("finds what a parser has to mend", () => {
    expect(page("<p><b></p>").errors).to.deep.equal(["b is not closed at 1"]);
    expect(page("<p id='a'id='b'></p>").errors).to.include("duplicate-attribute at 1");
    expect(page("<p><b></b></p>").errors).to.deep.equal([]);
  });
});
