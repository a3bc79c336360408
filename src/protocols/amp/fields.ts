import { BadOptionError, messageOf, SkeinError } from "../../core/errors.ts";
import type { ArgumentType, OptionalArgumentType, Schema } from "./argument.ts";
import { type Box, prefixed, writeBox } from "./box.ts";
import { BadArgumentError } from "./errors.ts";
import { keyOf } from "./wire-text.ts";

interface Field {
  readonly name: string;
  readonly key: string;
  /** Undefined for what AMP itself puts into the box. */
  readonly type: ArgumentType<unknown> | undefined;
  readonly optional: boolean;
}

/** Values as they are passed around, whatever their schema. */
export type Untyped = Record<string, unknown>;

/** A schema made ready: the keys of its boxes, in order, with what AMP itself puts in. */
export class Fields {
  readonly #fields: readonly Field[];
  readonly #names: readonly Uint8Array[];

  /** @param own the keys of AMP's own. @throws BadOptionError for names that cannot be sent. */
  constructor(schema: Schema, own: readonly string[] = []) {
    const fields: Field[] = own.map((name) => ({
      name,
      key: name,
      type: undefined,
      optional: true,
    }));
    for (const [name, type] of Object.entries(schema)) {
      const key = keyOf(name);
      if (key.length === 0 || key.length > 255 || own.includes(name)) {
        throw new BadOptionError(`nothing can be sent under the name "${name}"`);
      }
      fields.push({
        name,
        key,
        type,
        optional: (type as Partial<OptionalArgumentType<unknown>>).optional === true,
      });
    }
    this.#fields = fields.sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#names = this.#fields.map(({ key }) => prefixed(key));
  }

  /**
   * The box with these values, and AMP's own in the order of their keys.
   *
   * @param what whose they are, for messages. @throws BadArgumentError, ValueTooLongError
   */
  encode(
    values: Readonly<Untyped>,
    own: readonly (Uint8Array | string | undefined)[],
    what: string,
  ): Uint8Array {
    const fields = this.#fields;
    const encoded: (Uint8Array | string | undefined)[] = [];
    let owns = 0;
    for (let i = 0; i < fields.length; i++) {
      const { name, type, optional } = fields[i] as Field;
      if (type === undefined) {
        encoded.push(own[owns++]);
        continue;
      }
      const value = values[name];
      if (value !== undefined && (value !== null || !optional)) {
        try {
          encoded.push(type.encode(value));
        } catch (error) {
          throw wrapped(error, `${name} of ${what}`);
        }
      } else if (optional) {
        encoded.push(undefined);
      } else {
        throw new BadArgumentError(`${what} has no ${name}`);
      }
    }
    return writeBox(this.#names, encoded, (i) => `${fields[i]?.name} of ${what}`);
  }

  /** The values in a box; what else is in it is ignored. @throws BadArgumentError */
  decode(box: Box, what: string): Untyped {
    const values: Untyped = {};
    for (const { name, key, type, optional } of this.#fields) {
      if (type === undefined) continue;
      const bytes = box.get(key);
      if (bytes === undefined) {
        if (!optional) throw new BadArgumentError(`${what} came without ${name}`);
        continue;
      }
      try {
        values[name] = type.decode(bytes);
      } catch (error) {
        throw wrapped(error, `${name} of ${what}, as it came`);
      }
    }
    return values;
  }

  /** @throws BadArgumentError for a value that nobody asked for: a misspelt name, say. */
  refuseOthers(values: Readonly<Untyped>, what: string): void {
    for (const name of Object.keys(values)) {
      if (!this.#fields.some((field) => field.name === name && field.type !== undefined)) {
        throw new BadArgumentError(`${what} takes no ${name}`);
      }
    }
  }
}

/** Our own errors get the name of the value; those of types of your own are their cause. */
function wrapped(error: unknown, where: string): Error {
  if (error instanceof SkeinError && !(error instanceof BadArgumentError)) return error;
  return new BadArgumentError(`${where}: ${messageOf(error)}`, { cause: error });
}
