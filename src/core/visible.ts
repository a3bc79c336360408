/**
 * What would end the line, have a terminal do something, or show what comes behind it in another
 * place than it is.
 */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
/** Those of them that JSON leaves as they are. */
const IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A text whose control characters are written `\n`, `\u001b`. */
export function visible(text: string): string {
  return text.replaceAll(CONTROLS, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\r") return "\\r";
    if (character === "\t") return "\\t";
    return escaped(character);
  });
}

/** The same for what is JSON, and remains it. */
export function visibleJSON(json: string): string {
  return json.replaceAll(IN_JSON, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
