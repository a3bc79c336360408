import { ByteQueue } from "../../core/byte-queue.ts";
import type { Decoder } from "../decoder.ts";
import {
  assertVersion,
  PASSWORD_VERSION,
  type SOCKSCommand,
  takeCommand,
  VERSION,
} from "./socks5-wire.ts";

/** What a server says. */
export type SOCKSServerMessage =
  | { readonly kind: "method"; readonly method: number }
  | { readonly kind: "password"; readonly accepted: boolean }
  | ({ readonly kind: "reply" } & SOCKSCommand);

/** What a server of SOCKS5 says: the method first; what comes next is told by {@link expect}. */
export class SOCKS5ClientDecoder implements Decoder<SOCKSServerMessage> {
  readonly #queue = new ByteQueue();
  #expected: SOCKSServerMessage["kind"] | undefined = "method";

  /** What the next message is. */
  expect(kind: SOCKSServerMessage["kind"]): void {
    this.#expected = kind;
  }

  push(data: Uint8Array): void {
    this.#queue.push(data);
  }

  next(): SOCKSServerMessage | undefined {
    if (this.#queue.length === 0) return undefined;
    const message = this.#take();
    if (message !== undefined) this.#expected = undefined;
    return message;
  }

  takeRest(): Uint8Array {
    return this.#queue.takeAll();
  }

  #take(): SOCKSServerMessage | undefined {
    switch (this.#expected) {
      case "method": {
        const method = this.#takeSecond(VERSION, "choice of a method by SOCKS5");
        return method === undefined ? undefined : { kind: "method", method };
      }
      case "password": {
        const status = this.#takeSecond(PASSWORD_VERSION, "answer by RFC 1929");
        return status === undefined ? undefined : { kind: "password", accepted: status === 0 };
      }
      case "reply": {
        const command = takeCommand(this.#queue, "SOCKS5 reply");
        return command && { kind: "reply", ...command };
      }
      case undefined:
        return undefined;
    }
  }

  /** The second of two bytes, the first of which is a version. */
  #takeSecond(version: number, what: string): number | undefined {
    const { bytes } = this.#queue;
    assertVersion(bytes, version, what);
    if (bytes.length < 2) return undefined;
    this.#queue.drop(2);
    return bytes[1];
  }
}
