/** Colours code when the site is built: pages carry no script for it. */
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import typescript from "highlight.js/lib/languages/typescript";
import { escapeHTML } from "./html.mjs";

for (const [name, language] of Object.entries({ bash, json, python, typescript })) {
  hljs.registerLanguage(name, language);
}

/** HTML of the code; of a language that is not known, as it is. */
export function highlight(code, language) {
  if (hljs.getLanguage(language) === undefined) return escapeHTML(code);
  return hljs.highlight(code, { language, ignoreIllegals: true }).value;
}
