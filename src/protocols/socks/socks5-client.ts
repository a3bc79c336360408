import { concat } from "../../core/bytes.ts";
import { Deferred } from "../../defer/deferred.ts";
import type { Failure } from "../../defer/failure.ts";
import { SOCKSError } from "../errors.ts";
import { FramedProtocol } from "../framed-protocol.ts";
import { SOCKS5ClientDecoder, type SOCKSServerMessage } from "./socks5-client-decoder.ts";
import {
  CONNECT,
  formatCommand,
  formatText,
  METHOD,
  PASSWORD_VERSION,
  REPLY,
  REPLY_TEXTS,
  VERSION,
} from "./socks5-wire.ts";

export interface SOCKS5Credentials {
  /** 1 to 255 bytes each. */
  readonly username: string;
  readonly password: string;
}

/** The client's side of SOCKS5, until the proxy has connected. */
export class SOCKS5Client extends FramedProtocol<SOCKSServerMessage> {
  override readonly decoder: SOCKS5ClientDecoder = new SOCKS5ClientDecoder();
  /** Fires when the connection is one to the host; fails with why it is none. */
  readonly connected: Deferred<this> = new Deferred<this>(() => this.#cancelled());
  readonly #host: string;
  readonly #port: number;
  readonly #credentials: SOCKS5Credentials | undefined;
  #made = false;

  constructor(host: string, port: number, credentials: SOCKS5Credentials | undefined) {
    super();
    this.#host = host;
    this.#port = port;
    this.#credentials = credentials;
  }

  override connectionMade(): void {
    this.#made = true;
    const methods =
      this.#credentials === undefined ? [METHOD.NONE] : [METHOD.NONE, METHOD.PASSWORD];
    this.transport.write(Uint8Array.of(VERSION, methods.length, ...methods));
  }

  override frameReceived(message: SOCKSServerMessage): void {
    switch (message.kind) {
      case "method":
        return this.#chosen(message.method);
      case "password":
        if (message.accepted) return this.#request();
        return this.#fail(new SOCKSError(`the proxy does not accept the name or password`));
      case "reply":
        return this.#replied(message.code, message.address !== undefined);
    }
  }

  override decodingFailed(error: Error): void {
    this.#fail(error);
  }

  override connectionLost(reason: Failure): void {
    if (this.connected.called) return;
    this.connected.errback(
      new SOCKSError(`the proxy has gone: ${(reason.value as Error).message}`),
    );
  }

  #chosen(method: number): void {
    if (method === METHOD.NONE) return this.#request();
    if (method !== METHOD.PASSWORD || this.#credentials === undefined) {
      return this.#fail(new SOCKSError("the proxy accepts no way to log in that is known here"));
    }
    const { username, password } = this.#credentials;
    this.transport.write(
      concat([Uint8Array.of(PASSWORD_VERSION), formatText(username), formatText(password)]),
    );
    this.decoder.expect("password");
  }

  #request(): void {
    this.transport.write(formatCommand(CONNECT, this.#host, this.#port));
    this.decoder.expect("reply");
  }

  #replied(reply: number, whole: boolean): void {
    if (reply === REPLY.SUCCEEDED && whole) {
      this.connected.callback(this);
      return;
    }
    const why = REPLY_TEXTS[reply] ?? `it says ${reply}`;
    const text = reply === REPLY.SUCCEEDED ? "its reply means nothing" : why;
    const where = `${this.#host}:${this.#port}`;
    this.#fail(new SOCKSError(`the proxy has not connected to ${where}: ${text}`, reply));
  }

  #fail(error: Error): void {
    if (!this.connected.called) this.connected.errback(error);
    this.transport.abortConnection(error);
  }

  #cancelled(): void {
    if (this.#made) this.transport.abortConnection();
  }
}
