/** Items of queues as bytes: a structured clone in two halves. */
import { deserialize, serialize } from "node:v8";
import { CannotCrossError, cannotCross } from "../core/crossing.ts";
import { messageOf } from "../core/errors.ts";
import { SmallValues } from "../core/small-values.ts";

/** Small plain values have a faster way; its bytes begin with no such byte as the other's do. */
const SMALL_MAX = 1024;
const SERIALIZED = 0xff;
const scratch = new Uint8Array(SMALL_MAX);
const small = new SmallValues(scratch.buffer, 0, SMALL_MAX);

/** @throws CannotCrossError */
export function encodeItem(item: unknown): Uint8Array {
  if (small.write(item)) return scratch.slice(0, small.length);
  try {
    return serialize(item);
  } catch (error) {
    if (messageOf(error).includes("SharedArrayBuffer")) {
      throw new CannotCrossError(
        "an item of a queue holds a SharedArrayBuffer, and items are copied: " +
          "pass that as an argument of a call",
        { cause: error },
      );
    }
    throw cannotCross("an item of a queue", item, error);
  }
}

/** @param bytes of nobody else: buffers in the item are parts of them. */
export function decodeItem(bytes: Uint8Array): unknown {
  if (bytes[0] === SERIALIZED) return deserialize(bytes);
  scratch.set(bytes);
  return small.read();
}
