/**
 * What becomes of a letter: a chain of callbacks, each of which gets what the one before it made.
 * Junk leaves the chain at the sorter, by an error, and is back on it behind the shredder.
 */
import { Deferred } from "skein";

class JunkError extends Error {
  override readonly name = "JunkError";
}

/** The sorter: passes on what is for us. */
function sort(letter: string): string {
  if (/you have won/i.test(letter)) throw new JunkError("this letter is junk");
  return letter;
}

/** Fires with what is heard in the hall when the letter has come. */
export function expectLetter(): { letter: Deferred<string>; heard: Deferred<string> } {
  const letter = new Deferred<string>();
  const heard = letter
    .addCallback(sort)
    .addCallback((ours) => `a letter for you: ${ours}`)
    .addErrback((failure) => {
      failure.trap(JunkError);
      return `buzzzzz: ${(failure.value as JunkError).message}`;
    });
  return { letter, heard };
}
