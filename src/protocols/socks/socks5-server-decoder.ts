import { ByteQueue } from "../../core/byte-queue.ts";
import type { Decoder } from "../decoder.ts";
import {
  assertVersion,
  PASSWORD_VERSION,
  type SOCKSCommand,
  takeCommand,
  VERSION,
} from "./socks5-wire.ts";

/** What a client says. */
export type SOCKSClientMessage =
  | { readonly kind: "greeting"; readonly methods: readonly number[] }
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  | ({ readonly kind: "request" } & SOCKSCommand);

const utf8 = new TextDecoder();
const REQUEST = "SOCKS5 request";

/**
 * What a client of SOCKS5 says before its request is answered. What comes next depends on what it
 * is told, so that it must be said by {@link expect}: a greeting comes first, and none after a
 * message.
 */
export class SOCKS5ServerDecoder implements Decoder<SOCKSClientMessage> {
  readonly #queue = new ByteQueue();
  #expected: SOCKSClientMessage["kind"] | undefined = "greeting";

  /** What the next message is. */
  expect(kind: SOCKSClientMessage["kind"]): void {
    this.#expected = kind;
  }

  push(data: Uint8Array): void {
    this.#queue.push(data);
  }

  next(): SOCKSClientMessage | undefined {
    if (this.#queue.length === 0) return undefined;
    const message = this.#take();
    if (message !== undefined) this.#expected = undefined;
    return message;
  }

  takeRest(): Uint8Array {
    return this.#queue.takeAll();
  }

  #take(): SOCKSClientMessage | undefined {
    switch (this.#expected) {
      case "greeting":
        return this.#takeGreeting();
      case "password":
        return this.#takePassword();
      case "request": {
        const command = takeCommand(this.#queue, REQUEST);
        return command && { kind: "request", ...command };
      }
      case undefined:
        return undefined;
    }
  }

  #takeGreeting(): SOCKSClientMessage | undefined {
    const { bytes } = this.#queue;
    assertVersion(bytes, VERSION, "SOCKS5 greeting");
    const length = 2 + (bytes[1] ?? 256);
    if (bytes.length < length) return undefined;
    this.#queue.drop(length);
    return { kind: "greeting", methods: [...bytes.subarray(2, length)] };
  }

  #takePassword(): SOCKSClientMessage | undefined {
    const { bytes } = this.#queue;
    assertVersion(bytes, PASSWORD_VERSION, "password by RFC 1929");
    const at = 2 + (bytes[1] ?? 256);
    const end = at + 1 + (bytes[at] ?? 256);
    if (bytes.length < end) return undefined;
    this.#queue.drop(end);
    const username = utf8.decode(bytes.subarray(2, at));
    return { kind: "password", username, password: utf8.decode(bytes.subarray(at + 1, end)) };
  }
}
