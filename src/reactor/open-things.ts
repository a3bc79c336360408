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

/** Something that can be open, and says what it is. */
export interface Openable {
  /** "port", "connection": the same for all backends. */
  readonly kind: string;
  /** Which one it is, at the time of asking: an address, say. */
  describe(): string;
}

export class OpenThings {
  readonly #sites = new Map<Openable, Site>();

  add(thing: Openable, site: Site): void {
    this.#sites.set(thing, site);
  }

  delete(thing: Openable): void {
    this.#sites.delete(thing);
  }

  count(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { kind } of this.#sites.keys()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return counts;
  }

  list(): OpenThing[] {
    return Array.from(this.#sites, ([thing, site]) =>
      openThing(thing.kind, descriptionOf(thing), site),
    );
  }
}

export function openThing(kind: string, description: string, site?: Site): OpenThing {
  return Object.freeze({ kind, description, since: site?.since, createdAt: site?.stack });
}

/** Of all times, this is not the one to fail. */
function descriptionOf(thing: Openable): string {
  try {
    return thing.describe();
  } catch (error) {
    return `(its description fails: ${messageOf(error)})`;
  }
}
