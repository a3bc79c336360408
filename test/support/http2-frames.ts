/** Frames of HTTP/2 as bytes, as no library would send them: right ones and wrong ones, by hand. */

export const FRAMES = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;

/** Of headers and data: the last frame of its stream; and the last one of a head. */
export const END_STREAM = 1;
export const END_HEADERS = 4;

/** The size of the window that a new stream has. */
export const INITIAL_WINDOW = 4;

export function frame2(
  type: keyof typeof FRAMES,
  stream = 0,
  payload: Uint8Array = new Uint8Array(),
  flags = 0,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = FRAMES[type];
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** What a client begins with. */
export function preface(settings: Readonly<Record<number, number>> = {}): Buffer {
  const each = Object.entries(settings).map(([name, value]) => {
    const bytes = Buffer.alloc(6);
    bytes.writeUInt16BE(Number(name), 0);
    bytes.writeUInt32BE(value, 2);
    return bytes;
  });
  return Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    frame2("settings", 0, Buffer.concat(each)),
  ]);
}

/** A number of four bytes, as resets and windows have it. */
export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The head of a request, without compression. */
export function requestHead(
  path: string,
  method = "GET",
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const all = {
    ":method": method,
    ":path": path,
    ":scheme": "http",
    ":authority": "site.example",
    ...headers,
  };
  return Buffer.concat(
    Object.entries(all).flatMap(([name, value]) => [Buffer.of(0), text(name), text(value)]),
  );
}

/** A request that is whole: its head, which ends the stream. */
export function request2(stream: number, path: string): Buffer {
  return frame2("headers", stream, requestHead(path), END_STREAM | END_HEADERS);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  if (bytes.length >= 127) throw new RangeError("a text of a head is shorter here");
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}
