/** An account of all that is open on a reactor, for `reactor.inspect()`. */
import { messageOf } from "../core/errors.ts";
import type { OpenThing } from "./capabilities.ts";

/** Where, and when, something was made. */
export class Site {
  readonly since: number;
  /** Made into text only when somebody looks: that is what costs most. */
  readonly #trace: { stack?: string } | undefined;

  /** @param capture whether to keep the stack, from the caller's caller's caller on. */
  constructor(since: number, capture: boolean) {
    this.since = since;
    this.#trace = capture ? new Error("site") : undefined;
  }

  /** The calls that led here, the innermost first, one a line. */
  get stack(): string | undefined {
    const lines = this.#trace?.stack?.split("\n");
    // V8 begins with the message; the three innermost calls are the reactor's own.
    return lines?.slice(lines[0] === "Error: site" ? 4 : 3).join("\n");
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
