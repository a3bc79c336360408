import { bytesOf } from "../../core/bytes.ts";
import { TelnetCommand, type TelnetVerb } from "./codes.ts";

const { IAC, SB, SE } = TelnetCommand;
const [NUL, LF, CR] = [0, 10, 13];

/**
 * Data as telnet sends it: "\n" and "\r\n" as CR LF, another "\r" as CR NUL, the byte 255 twice.
 * In binary only the last of these.
 */
export function encodeTelnet(data: Uint8Array | string, binary = false): Uint8Array {
  const bytes = bytesOf(data);
  if (!bytes.some((byte) => byte === IAC || (!binary && (byte === LF || byte === CR)))) {
    return bytes;
  }
  const encoded = new Uint8Array(2 * bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === LF && !binary) {
      encoded[length++] = CR;
      encoded[length++] = LF;
      continue;
    }
    // The end of a line is written by its LF.
    if (byte === CR && !binary && bytes[at + 1] === LF) continue;
    encoded[length++] = byte;
    if (byte === IAC) encoded[length++] = IAC;
    else if (byte === CR && !binary) encoded[length++] = NUL;
  }
  return encoded.subarray(0, length);
}

export function encodeCommand(command: number): Uint8Array {
  return Uint8Array.of(IAC, command);
}

export function encodeNegotiation(verb: TelnetVerb, option: number): Uint8Array {
  return Uint8Array.of(IAC, verb, option);
}

export function encodeSubnegotiation(option: number, data: Uint8Array): Uint8Array {
  const inner = encodeTelnet(data, true);
  const encoded = new Uint8Array(inner.length + 5);
  encoded.set([IAC, SB, option]);
  encoded.set(inner, 3);
  encoded.set([IAC, SE], inner.length + 3);
  return encoded;
}
