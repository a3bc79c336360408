/** Lists as arguments. A list is one value, so that all of it has 65,535 bytes at most. */
import { bytesOf, concat } from "../../core/bytes.ts";
import type { ArgumentType, Schema, Values } from "./argument.ts";
import { BoxDecoder } from "./box-decoder.ts";
import { MAX_VALUE_BYTES } from "./box.ts";
import { BadArgumentError, ValueTooLongError } from "./errors.ts";
import { Fields, type Untyped } from "./fields.ts";

/** A list of values of one type. */
export function listOf<T>(type: ArgumentType<T>): ArgumentType<T[]> {
  return {
    encode(values) {
      const pieces: Uint8Array[] = [];
      for (const value of arrayOf(values)) {
        const bytes = bytesOf(type.encode(value));
        const { length } = bytes;
        if (length > MAX_VALUE_BYTES) {
          throw new ValueTooLongError("what is in a list", length, MAX_VALUE_BYTES);
        }
        pieces.push(Uint8Array.of(length >> 8, length & 0xff), bytes);
      }
      return concat(pieces);
    },
    decode(bytes) {
      const values: T[] = [];
      let at = 0;
      while (at + 2 <= bytes.length) {
        const start = at + 2;
        at = start + (bytes[at] as number) * 256 + (bytes[at + 1] as number);
        if (at <= bytes.length) values.push(type.decode(bytes.subarray(start, at)));
      }
      if (at !== bytes.length) throw new BadArgumentError("the list ends in the middle of a value");
      return values;
    },
  };
}

/** A list of records, each with the values of the schema. */
export function ampList<S extends Schema>(schema: S): ArgumentType<Values<S>[]> {
  const fields = new Fields(schema);
  return {
    encode(records) {
      const encode = (record: Untyped): Uint8Array => fields.encode(record, [], "a record");
      return concat(arrayOf<Untyped>(records).map(encode));
    },
    decode(bytes) {
      const records: Values<S>[] = [];
      const decoder = new BoxDecoder({ maxBoxBytes: MAX_VALUE_BYTES });
      decoder.push(bytes);
      for (let box = decoder.next(); box !== undefined; box = decoder.next()) {
        records.push(fields.decode(box, "a record") as Values<S>);
      }
      if (decoder.takeRest().length > 0) {
        throw new BadArgumentError("the list ends in the middle of a record");
      }
      return records;
    },
  };
}

function arrayOf<T>(values: readonly T[]): readonly T[] {
  if (Array.isArray(values)) return values as readonly T[];
  throw new BadArgumentError(`${typeof values} given for a list`);
}
