import { Transform } from "node:stream";

/** A line that is longer than this goes out in pieces; the log's own are shorter. */
const MAX_LINE_BYTES = 512 * 1024;
const NEWLINE = 10;
const END = Buffer.of(NEWLINE);
/** What an object that has something in it begins with. */
const OBJECT = Buffer.from('{"');

/** Stands before a piece that goes on with the line above it, whatever it looks like. */
const GOING_ON = Buffer.from("…");

/**
 * Puts a text before each line that goes through; a last line without an end gets one.
 *
 * @param forObjects what a line that is an object in JSON, and has something in it, begins with in
 *   place of its brace.
 */
export function prefixLines(prefix: string, forObjects?: string): Transform {
  const before = Buffer.from(prefix);
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  /** A piece of this line has gone out. */
  let goingOn = false;
  const take = (last: Buffer, isWhole: boolean): Buffer[] => {
    const line = Buffer.concat([...waiting, last]);
    const goesOn = goingOn;
    waiting = [];
    waitingBytes = 0;
    goingOn = !isWhole;
    if (goesOn) return [before, GOING_ON, line];
    const isObject = isWhole && forObjects !== undefined && line.indexOf(OBJECT) === 0;
    return isObject ? [Buffer.from(forObjects), line.subarray(1)] : [before, line];
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done): void {
      const out: Buffer[] = [];
      let rest = chunk;
      for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
        out.push(...take(rest.subarray(0, at + 1), true));
        rest = rest.subarray(at + 1);
      }
      if (rest.length > 0) {
        waiting.push(rest);
        waitingBytes += rest.length;
      }
      if (waitingBytes > MAX_LINE_BYTES) out.push(...take(END, false));
      done(null, Buffer.concat(out));
    },
    flush(done): void {
      done(null, waitingBytes === 0 ? undefined : Buffer.concat(take(END, true)));
    },
  });
}
