/** What an argument, or a part of an answer, is on the wire. Make types of your own so. */
export interface ArgumentType<T> {
  /** What is sent; text as UTF-8. Throws, BadArgumentError say, for what cannot be sent. */
  encode(value: T): Uint8Array | string;
  /** The value again; the bytes are the callee's to keep. Throws for what is none. */
  decode(bytes: Uint8Array): T;
}

/** One that may be missing. */
export interface OptionalArgumentType<T> extends ArgumentType<T> {
  readonly optional: true;
}

/** Types by the names under which their values are sent. */
export type Schema = Readonly<Record<string, ArgumentType<unknown>>>;

type ValueOf<A> = A extends ArgumentType<infer T> ? T : never;
type OptionalKeys<S extends Schema> = {
  [K in keyof S]: S[K] extends OptionalArgumentType<unknown> ? K : never;
}[keyof S];

/** The values that a schema is about: `{ a: number; b?: string | undefined }`. */
export type Values<S extends Schema> = {
  -readonly [K in Exclude<keyof S, OptionalKeys<S>>]: ValueOf<S[K]>;
} & {
  -readonly [K in OptionalKeys<S>]?: ValueOf<S[K]> | undefined;
} extends infer O
  ? { [K in keyof O]: O[K] }
  : never;

/** The same type, of a value that may be missing: undefined, which is not sent. */
export function optional<T>(type: ArgumentType<T>): OptionalArgumentType<T> {
  return {
    optional: true,
    encode: (value) => type.encode(value),
    decode: (bytes) => type.decode(bytes),
  };
}
