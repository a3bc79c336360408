/** Text as HTML, in elements and in attributes. */
export function escapeHTML(text) {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Applies a function to the texts between the tags of some HTML. */
export function mapTexts(html, change) {
  return html
    .split(/(<[^>]*>)/)
    .map((part) => (part.startsWith("<") ? part : change(part)))
    .join("");
}
