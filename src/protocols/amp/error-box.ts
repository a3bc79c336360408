import { prefixed, writeBox } from "./box.ts";
import type { RemoteForm } from "./command.ts";

const NAMES = ["_error", "_error_code", "_error_description"].map(prefixed);
/** As UTF-8 they have 60,000 bytes at most, and so fit into a value. */
const DESCRIPTION_MAX_CHARACTERS = 20_000;

/** What the peer is told of errors that the command does not declare. */
export const UNKNOWN_FORM: RemoteForm = { code: "UNKNOWN", fatal: true };

/** The answer that is an error. */
export function encodeError(tag: Uint8Array, code: string, description: string): Uint8Array {
  const told = description.slice(0, DESCRIPTION_MAX_CHARACTERS);
  return writeBox(NAMES, [tag, code, told], () => "an error's code");
}
