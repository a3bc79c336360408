/** An account of all that is open on a reactor, for `reactor.inspect()`. */
import { messageOf } from "../core/errors.ts";
import { framesOf, type Stack, takeStack } from "../core/stack.ts";
import type { OpenThing } from "./capabilities.ts";

/** Where, and when, something was made. */
export class Site {
  readonly since: number;
  readonly #taken: Stack | undefined;

  /** @param capture whether to keep the stack. */
  constructor(since: number, capture: boolean) {
    this.since = since;
    this.#taken = capture ? takeStack(Site) : undefined;
  }

  /** The calls that led here, the innermost first, one a line. */
  get stack(): string | undefined {
    return this.#taken && framesOf(this.#taken).join("\n");
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
