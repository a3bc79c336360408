import { messageOf } from "../../core/errors.ts";

const said = new Set<string>();

/** A case that the system cannot try does not pass in silence: one line, once, says so. */
export function unavailable(what: string, why: unknown): void {
  if (said.has(what)) return;
  said.add(what);
  console.warn(`contract: ${what} is not available here, and was not tried: ${messageOf(why)}`);
}
