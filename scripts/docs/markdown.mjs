/** Markdown to HTML: code is coloured, headings have anchors, links are those of the site. */
import MarkdownIt from "markdown-it";
import { highlight } from "./highlight.mjs";
import { escapeHTML } from "./html.mjs";
import { slugs } from "./slug.mjs";

/**
 * @param text the Markdown
 * @param link a function from a link as it is written to one of the site
 * @param nameLink a function from a name in code to where the reference tells of it, or undefined
 * @param headings whether headings get anchors; those of docstrings get none
 * @returns `{ html, title, headings: [{ level, text, id }] }`
 */
export function renderMarkdown(text, { link, nameLink, headings: anchored = true }) {
  const markdown = new MarkdownIt({ html: false, linkify: false });
  const tokens = markdown.parse(text, {});
  const slug = slugs();
  const headings = [];
  tokens.forEach((token, i) => {
    if (token.type === "heading_open" && anchored) {
      const words = textOf(tokens[i + 1]);
      const id = slug(words);
      token.attrSet("id", id);
      headings.push({ level: Number(token.tag.slice(1)), text: words, id });
    }
    if (token.type === "inline") {
      rewriteLinks(token.children, link, nameLink);
      if (!anchored) token.children = withErrors(token.children, nameLink);
    }
  });
  markdown.renderer.rules.fence = (all, i) => {
    const { content, info } = all[i];
    const language = info.trim().split(/\s+/)[0];
    return `<pre><code>${highlight(content, language)}</code></pre>\n`;
  };
  markdown.renderer.rules.table_open = () => '<div class="table"><table>\n';
  markdown.renderer.rules.table_close = () => "</table></div>\n";
  markdown.renderer.rules.code_inline = (all, i) => {
    const code = `<code>${escapeHTML(all[i].content)}</code>`;
    const href = all[i].attrGet("href");
    return href === null ? code : `<a class="name" href="${escapeHTML(href)}">${code}</a>`;
  };
  const html = markdown.renderer.render(tokens, markdown.options, {});
  return { html, title: headings.find(({ level }) => level === 1)?.text, headings };
}

function textOf({ children }) {
  return children
    .filter(({ type }) => type === "text" || type === "code_inline")
    .map(({ content }) => content)
    .join("");
}

/** In docstrings errors are named without marks: their names become links too. */
function withErrors(tokens, nameLink) {
  let depth = 0;
  return tokens.flatMap((token) => {
    if (token.type === "link_open") depth++;
    if (token.type === "link_close") depth--;
    if (token.type !== "text" || depth > 0) return token;
    return token.content.split(/\b([A-Z]\w+Error)\b/).map((text, i) => {
      const href = i % 2 === 1 ? nameLink(text) : undefined;
      const part = new token.constructor(href === undefined ? "text" : "code_inline", "", 0);
      part.content = text;
      if (href !== undefined) part.attrSet("href", href);
      return part;
    });
  });
}

function rewriteLinks(tokens, link, nameLink) {
  let depth = 0;
  for (const token of tokens) {
    if (token.type === "link_open") {
      depth++;
      token.attrSet("href", link(token.attrGet("href")));
    } else if (token.type === "link_close") {
      depth--;
    } else if (token.type === "code_inline" && depth === 0) {
      const href = nameLink(token.content);
      if (href !== undefined) token.attrSet("href", href);
    }
  }
}
