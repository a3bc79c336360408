import type { ServerResponse } from "node:http";
import { drained } from "../drained.ts";
import { FileChangedError } from "../errors.ts";
import type { ByteRange } from "./byte-range.ts";
import type { OpenFile } from "./disk.ts";

const PIECE_BYTES = 64 * 1024;

/** Sends a part of a file, and ends the response: a piece at a time, at the pace of the client. */
export async function sendPart(
  file: OpenFile,
  path: string,
  { start, end }: ByteRange,
  response: ServerResponse,
): Promise<void> {
  let position = start;
  while (position < end && !response.destroyed) {
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, end - position));
    const length = await file.read(piece, position);
    if (length === 0) throw new FileChangedError(path);
    position += length;
    const filled = piece.subarray(0, length);
    if (position === end) {
      response.end(filled);
      return;
    }
    if (!response.write(filled)) await drained(response);
  }
  response.end();
}

/** All of a file. */
export async function readAll(file: OpenFile, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(file.stats.size);
  for (let position = 0; position < bytes.length;) {
    const length = await file.read(bytes.subarray(position), position);
    if (length === 0) throw new FileChangedError(path);
    position += length;
  }
  return bytes;
}
