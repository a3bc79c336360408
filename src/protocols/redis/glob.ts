/**
 * Whether a text matches one of Redis' patterns: `*`, `?`, `[abc]`, `[^a]`, `[a-z]`, and `\` before
 * what stands for itself. It takes the product of their lengths at most, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let [p, t] = [0, 0];
  /** Behind the last star, and up to where it reaches at present. */
  let star = -1;
  let reached = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = ++p;
      reached = t;
      continue;
    }
    const next = p < pattern.length ? matchOne(pattern, p, text[t] as string) : -1;
    if (next >= 0) {
      p = next;
      t++;
    } else if (star >= 0) {
      // What an earlier star took need never be reconsidered.
      p = star;
      t = ++reached;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/** Where the pattern goes on, if what is at `at` matches the character; else -1. */
function matchOne(pattern: string, at: number, character: string): number {
  switch (pattern[at]) {
    case "?":
      return at + 1;
    case "[":
      return matchSet(pattern, at + 1, character);
    case "\\": {
      const literal = at + 1 < pattern.length ? at + 1 : at;
      return pattern[literal] === character ? literal + 1 : -1;
    }
    default:
      return pattern[at] === character ? at + 1 : -1;
  }
}

/** A set that is not closed goes on to the end. */
function matchSet(pattern: string, from: number, character: string): number {
  const not = pattern[from] === "^";
  let at = not ? from + 1 : from;
  let found = false;
  while (at < pattern.length && pattern[at] !== "]") {
    if (pattern[at] === "\\" && at + 1 < pattern.length) at++;
    const low = pattern[at] as string;
    let high = low;
    if (pattern[at + 1] === "-" && at + 2 < pattern.length) {
      high = pattern[at + 2] as string;
      at += 2;
    }
    const [least, most] = low < high ? [low, high] : [high, low];
    if (least <= character && character <= most) found = true;
    at++;
  }
  return found === not ? -1 : Math.min(at + 1, pattern.length);
}
