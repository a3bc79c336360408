/** Endpoint strings, cut into their parts; each part knows where in the string it was. */
import { EndpointStringError } from "./endpoint-string-error.ts";

/** A text, and where in the whole string each of its characters is. */
export interface Located {
  readonly text: string;
  /** One for each unit of the text, and one more for its end. */
  readonly positions: readonly number[];
}

/** `name=value`, or a value without a name. */
export interface Argument {
  readonly name: Located | undefined;
  readonly value: Located;
}

/** A string cut at its first colon. */
export interface Prefixed {
  readonly prefix: Located;
  /** Undefined without a colon. */
  readonly rest: Located | undefined;
}

export function located(text: string): Located {
  return { text, positions: Array.from({ length: text.length + 1 }, (_, index) => index) };
}

export function startOf({ positions }: Located): number {
  return positions[0] as number;
}

/** Cuts off the prefix: no prefix needs escapes, so there are none. */
export function prefixOf(string: Located): Prefixed {
  const colon = string.text.indexOf(":");
  if (colon < 0) return { prefix: string, rest: undefined };
  return { prefix: slice(string, 0, colon), rest: slice(string, colon + 1, string.text.length) };
}

/**
 * Cuts at colons; cuts each part at its first "=". A backslash takes the character behind it as it
 * is. @throws EndpointStringError, of `whole`, for a backslash at the end
 */
export function argumentsOf(string: Located, whole: string): Argument[] {
  const found: Argument[] = [];
  let name: Located | undefined;
  let text = "";
  let positions: number[] = [];
  const take = (end: number): Located => {
    const taken = { text, positions: [...positions, end] };
    text = "";
    positions = [];
    return taken;
  };
  for (let at = 0; at < string.text.length; at++) {
    const position = string.positions[at] as number;
    let character = string.text[at] as string;
    if (character === ":") {
      found.push({ name, value: take(position) });
      name = undefined;
      continue;
    }
    if (character === "=" && name === undefined) {
      name = take(position);
      continue;
    }
    if (character === "\\") {
      const escaped = string.text[++at];
      if (escaped === undefined) {
        const why = String.raw`a backslash at the end escapes nothing: write \\ for one of its own`;
        throw new EndpointStringError(why, whole, position);
      }
      character = escaped;
    }
    text += character;
    positions.push(position);
  }
  found.push({ name, value: take(string.positions[string.text.length] as number) });
  return found;
}

function slice({ text, positions }: Located, from: number, to: number): Located {
  return { text: text.slice(from, to), positions: positions.slice(from, to + 1) };
}
