/** A page: navigation, search, what it is about, and what comes next. */
import { escapeHTML } from "./html.mjs";

/**
 * @param page `{ path, title, html, headings }`
 * @param parts the map: [{ title, entries: [{ title, path }] }], with paths on the site
 * @param link a function from a path on the site to one from this page
 */
export function pageHTML({ path, title, html, headings }, parts, link) {
  const entries = parts.flatMap((part) => part.entries);
  const at = entries.findIndex((entry) => entry.path === path);
  const next = at === -1 ? undefined : entries[at + 1];
  const heading = escapeHTML(title === "skein" ? title : `${title} · skein`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${heading}</title>
<link rel="stylesheet" href="${link("style.css")}">
<script defer src="${link("search.js")}" data-root="${link("")}"></script>
</head>
<body>
<a class="skip" href="#content">To the text</a>
<header>
<a class="brand" href="${link("index.html")}">skein</a>
<div class="search">
<input type="search" placeholder="Search (press /)" aria-label="Search" autocomplete="off">
<ol hidden></ol>
</div>
</header>
<div class="columns">
<nav aria-label="Pages"><input type="checkbox" id="menu"><label for="menu">Pages</label>
<div class="parts">
${parts.map((part) => partHTML(part, path, link)).join("\n")}
</div></nav>
<main id="content">
${html}
${next === undefined ? "" : nextHTML(next, link)}
</main>
${contentsHTML(headings)}
</div>
</body>
</html>
`;
}

function nextHTML({ title, path }, link) {
  return `<p class="next">Next: <a href="${link(path)}">${escapeHTML(title)}</a></p>`;
}

function partHTML({ title, entries }, path, link) {
  const items = entries.map((entry) => {
    const here = entry.path === path ? ' aria-current="page"' : "";
    return `<li><a href="${link(entry.path)}"${here}>${escapeHTML(entry.title)}</a></li>`;
  });
  return `<p>${escapeHTML(title)}</p>\n<ul>\n${items.join("\n")}\n</ul>`;
}

function contentsHTML(headings) {
  const items = headings
    .filter(({ level }) => level === 2)
    .map(({ text, id }) => `<li><a href="#${id}">${escapeHTML(text)}</a></li>`);
  if (items.length < 2) return "";
  return [
    `<aside aria-label="On this page"><p>On this page</p><ul>`,
    ...items,
    "</ul></aside>",
  ].join("\n");
}
