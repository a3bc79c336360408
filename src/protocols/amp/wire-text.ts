/** Text on AMP's wire: mostly ASCII, and short, for which loops are several times quicker. */
const encoder = new TextEncoder();
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const SHORT = 64;

/** The bytes as ASCII text; undefined if they are not, or are many. */
export function shortASCII(bytes: Uint8Array): string | undefined {
  const { length } = bytes;
  if (length > SHORT) return undefined;
  let text = "";
  for (let i = 0; i < length; i++) {
    const byte = bytes[i] as number;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** The bytes as text; what is no UTF-8 in them becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return shortASCII(bytes) ?? lenient.decode(bytes);
}

/** The bytes as text of one character each. */
export function latin1Of(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at] as number);
  return text;
}

/** A name as the key of a box: its UTF-8, one character for each byte. */
export function keyOf(name: string): string {
  const bytes = encoder.encode(name);
  return latin1Of(bytes, 0, bytes.length);
}
