/** An account of all that is open on a reactor, for `reactor.inspect()`. */
import { messageOf } from "../core/errors.ts";
import type { OpenThing } from "./capabilities.ts";

/** Where, and when, something was made. */
export class Site {
  readonly since: number;
  /** Made into text only when somebody looks: that is what costs most. */
  readonly #trace: { stack?: string } | undefined;

  /** @param below the function whose caller is the site; undefined: no stack is to be captured. */
  constructor(since: number, below?: (...args: never[]) => unknown) {
    this.since = since;
    if (below === undefined) return;
    // Only V8 can leave out what lies between.
    if (typeof Error.captureStackTrace !== "function") this.#trace = new Error();
    else Error.captureStackTrace((this.#trace = {}), below);
  }

  /** The calls that led here, the innermost first, one a line. */
  get stack(): string | undefined {
    return this.#trace?.stack?.replace(/^[^\n]*Error[^\n]*\n/, "");
  }
}

interface Entry {
  readonly kind: string;
  readonly describe: () => string;
  readonly site: Site;
}

export class OpenThings {
  readonly #entries = new Set<Entry>();

  /** Adds something; returns the way to take it out, which may be used more than once. */
  add(kind: string, describe: () => string, site: Site): () => void {
    const entry: Entry = { kind, describe, site };
    this.#entries.add(entry);
    return () => void this.#entries.delete(entry);
  }

  list(): OpenThing[] {
    return Array.from(this.#entries, ({ kind, describe, site }) =>
      openThing(kind, descriptionBy(describe), site),
    );
  }
}

export function openThing(kind: string, description: string, site?: Site): OpenThing {
  return Object.freeze({ kind, description, since: site?.since, createdAt: site?.stack });
}

/** Of all times, this is not the one to fail. */
function descriptionBy(describe: () => string): string {
  try {
    return describe();
  } catch (error) {
    return `(its description fails: ${messageOf(error)})`;
  }
}
