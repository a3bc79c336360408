import { ExpectingDecoder } from "./expecting-decoder.ts";
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
export class SOCKS5ServerDecoder extends ExpectingDecoder<SOCKSClientMessage> {
  constructor() {
    super("greeting");
  }

  protected override take(kind: SOCKSClientMessage["kind"]): SOCKSClientMessage | undefined {
    switch (kind) {
      case "greeting":
        return this.#takeGreeting();
      case "password":
        return this.#takePassword();
      case "request": {
        const command = takeCommand(this.queue, REQUEST);
        return command && { kind: "request", ...command };
      }
    }
  }

  #takeGreeting(): SOCKSClientMessage | undefined {
    const { bytes } = this.queue;
    assertVersion(bytes, VERSION, "SOCKS5 greeting");
    const length = 2 + (bytes[1] ?? 256);
    if (bytes.length < length) return undefined;
    this.queue.drop(length);
    return { kind: "greeting", methods: [...bytes.subarray(2, length)] };
  }

  #takePassword(): SOCKSClientMessage | undefined {
    const { bytes } = this.queue;
    assertVersion(bytes, PASSWORD_VERSION, "password by RFC 1929");
    const at = 2 + (bytes[1] ?? 256);
    const end = at + 1 + (bytes[at] ?? 256);
    if (bytes.length < end) return undefined;
    this.queue.drop(end);
    const username = utf8.decode(bytes.subarray(2, at));
    return { kind: "password", username, password: utf8.decode(bytes.subarray(at + 1, end)) };
  }
}
