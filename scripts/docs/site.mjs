/** The site: a page for each document, for each entry point, and for each source they link to. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { filesBelow } from "../lib/hash.mjs";
import { inRoot } from "../lib/paths.mjs";
import { escapeHTML } from "./html.mjs";
import { highlight } from "./highlight.mjs";
import { readMap, withOthers } from "./map.mjs";
import { renderMarkdown } from "./markdown.mjs";
import { readReference } from "./reference.mjs";
import { nameIndex, placeOf, referencePage } from "./reference-page.mjs";
import { pageHTML } from "./template.mjs";

const MAP = "docs/index.md";
const ASSETS = ["style.css", "search.js"];
const LANGUAGES = { ".ts": "ts", ".mjs": "ts", ".json": "json", ".py": "python" };

/**
 * Builds it into a folder, which is emptied first.
 *
 * @returns `{ pages, problems }`: how many, and a line for each link that leads nowhere
 */
export async function buildSite(out) {
  const documents = documentPaths();
  const reference = await readReference();
  const places = nameIndex(reference);
  const problems = [];
  const sources = new Set();
  const linkOf = (document) => (href) => {
    if (/^[a-z]+:|^#/.test(href)) return href;
    const [, file, anchor = ""] = /^([^#]*)(#.*)?$/.exec(href);
    const path = posix.normalize(posix.join(posix.dirname(document), file));
    if (!existsSync(inRoot(path)) || !statSync(inRoot(path)).isFile()) {
      problems.push(`${document}: no file at ${href}`);
      return href;
    }
    if (!documents.includes(path)) sources.add(path);
    return relativeLink(pagePath(document), pagePath(path)) + anchor;
  };

  const pages = [];
  for (const document of documents) {
    const path = pagePath(document);
    const nameLink = (code) => {
      const place = placeOf(code, places);
      return place === undefined ? undefined : relativeLink(path, place);
    };
    const text = readFileSync(inRoot(document), "utf8");
    const page = renderMarkdown(text, { link: linkOf(document), nameLink });
    pages.push({ path, kind: "page", ...page, title: page.title ?? document });
  }
  for (const entry of reference) {
    const link = (place) => relativeLink(entry.path, place);
    pages.push({ path: entry.path, kind: "reference", ...referencePage(entry, { places, link }) });
  }
  for (const source of sources) pages.push(sourcePage(source));

  const parts = partsOf(documents, reference);
  rmSync(out, { recursive: true, force: true });
  for (const page of pages) {
    const html = pageHTML(page, parts, (path) => relativeLink(page.path, path));
    mkdirSync(dirname(join(out, page.path)), { recursive: true });
    writeFileSync(join(out, page.path), html);
  }
  for (const asset of ASSETS) copyFileSync(inRoot("scripts", "docs", asset), join(out, asset));
  writeFileSync(join(out, "search-index.js"), searchIndex(pages, reference));
  return { pages: pages.length, problems: [...problems, ...deadAnchors(pages)] };
}

function documentPaths() {
  const docs = filesBelow("docs").map((path) => path.split("\\").join("/"));
  return ["README.md", "CHANGELOG.md", ...docs.filter((path) => path.endsWith(".md"))];
}

/** Where a file of the repository is on the site. */
function pagePath(path) {
  if (path === "README.md") return "index.html";
  if (path.endsWith(".md")) return path.replace(/\.md$/, ".html");
  return `source/${path}.html`;
}

function relativeLink(from, to) {
  const [path, anchor] = to.split("#");
  const way = posix.relative(posix.dirname(from), path);
  // The root of the site, as a prefix for others.
  if (path === "") return way === "" ? "" : `${way}/`;
  return anchor === undefined ? way : `${path === from ? "" : way}#${anchor}`;
}

function partsOf(documents, reference) {
  const map = readMap(readFileSync(inRoot(MAP), "utf8"), "docs");
  const hidden = new Set(["README.md", "CHANGELOG.md", MAP]);
  const mapped = documents.filter(
    (path) => !hidden.has(path) && !path.startsWith("docs/decisions/"),
  );
  const parts = withOthers(map, mapped).map(({ title, entries }) => ({
    title,
    entries: entries.map((entry) => ({ title: entry.title, path: pagePath(entry.path) })),
  }));
  const names = reference.map(({ name, path }) => ({ title: name, path }));
  return [
    {
      title: "skein",
      entries: [
        { title: "What it is", path: "index.html" },
        { title: "The map", path: pagePath(MAP) },
      ],
    },
    ...parts,
    { title: "Reference", entries: names.toSorted((a, b) => (a.title < b.title ? -1 : 1)) },
  ];
}

function sourcePage(path) {
  const language = LANGUAGES[posix.extname(path)] ?? "text";
  const code = highlight(readFileSync(inRoot(path), "utf8"), language);
  const html = `<h1>${escapeHTML(path)}</h1>\n<pre><code>${code}</code></pre>`;
  return { path: pagePath(path), kind: "source", title: path, html, headings: [] };
}

/** A script that sets a list of [title, where, path]. */
function searchIndex(pages, reference) {
  const entries = pages.flatMap(({ path, title, headings, kind }) => [
    [title, kind, path],
    ...headings
      .filter(({ level }) => level > 1)
      .map(({ text, id }) => [text, title, `${path}#${id}`]),
  ]);
  for (const { name: entry, items } of reference) {
    for (const { name, page, members } of items) {
      entries.push([name, entry, `${page}#${name}`]);
      for (const member of new Set(members.map((each) => each.name))) {
        entries.push([`${name}.${member}`, entry, `${page}#${name}.${member}`]);
      }
    }
  }
  return `window.searchIndex = ${JSON.stringify(entries)};\n`;
}

/** Links to anchors that are not there; missing files were found when the links were made. */
function deadAnchors(pages) {
  const ids = new Map(
    pages.map(({ path, html }) => [path, new Set(html.match(/(?<= id=")[^"]*/g))]),
  );
  return pages.flatMap(({ path, html }) =>
    [...html.matchAll(/ href="([^"#:]*)#([^"]+)"/g)]
      .filter(([, file, anchor]) => {
        const to = file === "" ? path : posix.join(posix.dirname(path), file);
        return ids.get(to)?.has(decodeURIComponent(anchor)) !== true;
      })
      .map(([, file, anchor]) => `${path}: no anchor ${file}#${anchor}`),
  );
}
