/** Frames of WebSockets as bytes, right ones and wrong ones, made and read by hand. */

export const OPCODES = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameOptions {
  readonly fin?: boolean;
  /** The three reserved bits. */
  readonly rsv?: number;
}

/** A frame, before it is known who sends it. */
export interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly fin: boolean;
  readonly rsv: number;
}

export function frame(
  opcode: number,
  payload: string | Uint8Array = "",
  { fin = true, rsv = 0 }: FrameOptions = {},
): Frame {
  return { opcode, payload: Buffer.from(payload as string), fin, rsv };
}

/** With `mask`, as clients must send it. */
export function encode({ opcode, payload, fin, rsv }: Frame, mask?: Uint8Array): Buffer {
  const { length } = payload;
  const maskBit = mask === undefined ? 0 : 128;
  const head = [(fin ? 128 : 0) | (rsv << 4) | opcode];
  if (length < 126) head.push(maskBit | length);
  else if (length < 65_536) head.push(maskBit | 126, length >> 8, length & 255);
  else {
    const size = Buffer.alloc(8);
    size.writeBigUInt64BE(BigInt(length));
    head.push(maskBit | 127, ...size);
  }
  const body = mask === undefined ? payload : payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Buffer.concat([Buffer.from(head), mask ?? Buffer.alloc(0), body]);
}

/** Takes whole frames out of bytes; gives them, and the rest. */
export function decodeFrames(bytes: Buffer): { readonly frames: Frame[]; readonly rest: Buffer } {
  const frames: Frame[] = [];
  let rest = bytes;
  for (;;) {
    const [first, second] = rest;
    if (first === undefined || second === undefined) return { frames, rest };
    const masked = second >= 128;
    const short = second & 127;
    const sizeBytes = short === 127 ? 8 : short === 126 ? 2 : 0;
    const head = 2 + sizeBytes + (masked ? 4 : 0);
    if (rest.length < head) return { frames, rest };
    const length =
      sizeBytes === 8
        ? Number(rest.readBigUInt64BE(2))
        : sizeBytes === 2
          ? rest.readUInt16BE(2)
          : short;
    if (rest.length < head + length) return { frames, rest };
    const mask = masked ? rest.subarray(head - 4, head) : undefined;
    const payload = rest
      .subarray(head, head + length)
      .map((byte, i) => byte ^ (mask?.[i % 4] ?? 0));
    frames.push({ opcode: first & 15, payload, fin: first >= 128, rsv: (first >> 4) & 7 });
    rest = rest.subarray(head + length);
  }
}

/** A frame as a short text: "text 5 hello", "close 1000 bye". */
export function describeFrame({ opcode, payload, fin, rsv }: Frame): string {
  const name = Object.entries(OPCODES).find(([, code]) => code === opcode)?.[0] ?? String(opcode);
  const bytes = Buffer.from(payload);
  const flags = `${fin ? "" : " unfinished"}${rsv === 0 ? "" : ` rsv ${rsv}`}`;
  if (opcode === OPCODES.close) {
    const code = bytes.length < 2 ? "" : ` ${bytes.readUInt16BE(0)}`;
    const reason = bytes.length > 2 ? ` ${bytes.subarray(2).toString()}` : "";
    return `close${code}${reason}${flags}`;
  }
  const shown = bytes.length > 20 ? `${bytes.length} bytes` : `<${bytes.toString("latin1")}>`;
  return `${name} ${shown}${flags}`;
}

/** The payload of a close. */
export function closing(code: number, reason: string | Uint8Array = ""): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return Buffer.concat([bytes, Buffer.from(reason as string)]);
}
