import { ExpectingDecoder } from "./expecting-decoder.ts";
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
export class SOCKS5ClientDecoder extends ExpectingDecoder<SOCKSServerMessage> {
  constructor() {
    super("method");
  }

  protected override take(kind: SOCKSServerMessage["kind"]): SOCKSServerMessage | undefined {
    switch (kind) {
      case "method": {
        const method = this.#takeSecond(VERSION, "choice of a method by SOCKS5");
        return method === undefined ? undefined : { kind: "method", method };
      }
      case "password": {
        const status = this.#takeSecond(PASSWORD_VERSION, "answer by RFC 1929");
        return status === undefined ? undefined : { kind: "password", accepted: status === 0 };
      }
      case "reply": {
        const command = takeCommand(this.queue, "SOCKS5 reply");
        return command && { kind: "reply", ...command };
      }
    }
  }

  /** The second of two bytes, the first of which is a version. */
  #takeSecond(version: number, what: string): number | undefined {
    const { bytes } = this.queue;
    assertVersion(bytes, version, what);
    if (bytes.length < 2) return undefined;
    this.queue.drop(2);
    return bytes[1];
  }
}
