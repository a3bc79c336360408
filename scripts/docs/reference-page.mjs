/** Writes what the reference knows as Markdown and HTML. */
import { escapeHTML, mapTexts } from "./html.mjs";
import { highlight } from "./highlight.mjs";
import { renderMarkdown } from "./markdown.mjs";

/**
 * Where the reference tells of a name, `Deferred` or `Deferred.cancel`. The first entry point that
 * has it wins.
 */
export function nameIndex(entries) {
  const places = new Map();
  for (const { items } of entries) {
    for (const item of items) {
      if (!places.has(item.name)) places.set(item.name, `${item.page}#${item.name}`);
      for (const { name } of item.members) {
        const full = `${item.name}.${name}`;
        if (!places.has(full)) places.set(full, `${item.page}#${full}`);
      }
    }
  }
  return places;
}

/** Where the reference tells of code that is a name, or a call of it: `Factory.from(build)`. */
export function placeOf(code, places) {
  const name = /^(?:new )?([\w.]+)(?:\(.*\))?$/.exec(code)?.[1];
  return name === undefined ? undefined : places.get(name);
}

/** @returns `{ title, html, headings }`, as of renderMarkdown. */
export function referencePage(entry, { places, link }) {
  const render = (doc, item) => {
    const resolve = (code) => places.get(`${item?.name}.${code}`) ?? placeOf(code, places);
    return renderMarkdown(plainTags(doc), {
      link: (href) => href,
      nameLink: (code) => {
        const place = resolve(code);
        return place === undefined || place.endsWith(`#${item?.name}`) ? undefined : link(place);
      },
      headings: false,
    }).html;
  };
  const items = entry.items.toSorted((a, b) => compare(a.name, b.name));
  const html = [
    `<h1>${entry.name}</h1>`,
    entry.doc === undefined ? "" : render(entry.doc),
    items.length > 0 ? overview(items) : "",
    ...items.map((item) => itemHTML(item, { render, places, link })),
    elsewhereHTML(entry, link),
  ].join("\n");
  return { title: entry.name, html, headings: [] };
}

/** In which order the overview lists what there is. */
const GROUPS = [
  ["Functions and values", ({ kind }) => kind === "function" || kind === "value"],
  ["Classes", ({ kind, name }) => kind === "class" && !name.endsWith("Error")],
  ["Errors", ({ kind, name }) => kind === "class" && name.endsWith("Error")],
  ["Types", ({ kind }) => kind === "interface" || kind === "type"],
];

function overview(items) {
  const groups = GROUPS.map(([title, belongs]) => [title, items.filter(belongs)]);
  return groups
    .filter(([, members]) => members.length > 0)
    .map(([title, members]) => {
      const names = members.map(({ name }) => `<a href="#${name}">${name}</a>`);
      return `<p class="overview"><small>${title}</small> ${names.join(" ")}</p>`;
    })
    .join("\n");
}

function itemHTML(item, { render, places, link }) {
  const { name, kind, doc, members } = item;
  const signature = linked(highlight(item.signature, "ts"), item, places, link);
  return [
    `<section class="item"><h2 id="${name}">${name} <small>${kind}</small></h2>`,
    doc === undefined ? "" : render(doc, item),
    `<pre class="signature"><code>${signature}</code></pre>`,
    ...distinct(members).map(
      (member) =>
        `<div class="member"><h3 id="${name}.${escapeHTML(member.name)}">` +
        `${escapeHTML(member.name)}</h3>${render(member.doc, item)}</div>`,
    ),
    "</section>",
  ].join("\n");
}

/** Overloads, and getters beside setters, are told under one heading. */
function distinct(members) {
  const docs = new Map();
  for (const { name, doc } of members) docs.set(name, [...(docs.get(name) ?? []), doc]);
  return [...docs].map(([name, all]) => ({ name, doc: all.join("\n\n") }));
}

/** A signature whose types lead to where they are told of. */
function linked(html, item, places, link) {
  return mapTexts(html, (text) =>
    text.replaceAll(/\b[A-Z]\w+\b/g, (name) => {
      const place = name === item.name ? undefined : places.get(name);
      return place === undefined ? name : `<a href="${link(place)}">${name}</a>`;
    }),
  );
}

function elsewhereHTML({ elsewhere }, link) {
  if (elsewhere.length === 0) return "";
  const names = elsewhere
    .toSorted((a, b) => compare(a.name, b.name))
    .map(({ name, page }) => `<a href="${link(`${page}#${name}`)}">${name}</a>`);
  return `<h2 id="--elsewhere">Told on other pages</h2><p class="overview">${names.join(" ")}</p>`;
}

const compare = (a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);

/** Tags of docstrings in Markdown. */
function plainTags(doc) {
  return doc
    .replaceAll(/\{@link\s+([^}|]+?)\s*\}/g, "`$1`")
    .replaceAll(/^@throws\b/gm, "\n**Throws**")
    .replaceAll(/@throws\b/g, "**Throws**")
    .replaceAll(/^@returns?\b/gm, "\n**Returns**")
    .replaceAll(/^@param (\w+)/gm, "\n`$1`:")
    .replaceAll(/^@(typeParam|template) (\w+)/gm, "\n`$2`:")
    .replaceAll(/^@example\b/gm, "");
}
