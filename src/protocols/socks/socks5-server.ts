import type { Deferred } from "../../defer/deferred.ts";
import { CancelledError, TimeoutError } from "../../defer/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import { maybeDeferred } from "../../defer/maybe-deferred.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import { peerOf } from "../../reactor/end-of.ts";
import { ATTEMPT_DELAY_SECONDS, firstToConnect } from "../../reactor/first-to-connect.ts";
import { resolveHost } from "../../reactor/resolve-host.ts";
import type { Transport } from "../../reactor/transport.ts";
import { SOCKSError } from "../errors.ts";
import { dialTCP } from "../forward/dial-tcp.ts";
import { joinTransports } from "../forward/join.ts";
import { FramedProtocol } from "../framed-protocol.ts";
import { ResettableTimeout } from "../policies/resettable-timeout.ts";
import type { SOCKS5Options } from "./socks5-factory.ts";
import { replyFor } from "./socks5-reply.ts";
import { type SOCKSClientMessage, SOCKS5ServerDecoder } from "./socks5-server-decoder.ts";
import {
  CONNECT,
  formatReply,
  METHOD,
  PASSWORD_VERSION,
  REPLY,
  REPLY_TEXTS,
  type SOCKSAddress,
  type SOCKSCommand,
  VERSION,
} from "./socks5-wire.ts";

/** The server's side of one connection, until there is another to join it with. */
export class SOCKS5Server extends FramedProtocol<SOCKSClientMessage> {
  override readonly decoder: SOCKS5ServerDecoder = new SOCKS5ServerDecoder();
  readonly #reactor: Reactor<"tcp" | "names">;
  readonly #options: SOCKS5Options & { readonly timeout: number; readonly connectTimeout: number };
  readonly #deadline: ResettableTimeout;
  #username: string | undefined = undefined;
  /** What it is busy with: looking at a password, connecting. */
  #pending: Deferred<unknown> | undefined = undefined;

  constructor(
    reactor: Reactor<"tcp" | "names">,
    options: SOCKS5Options & { readonly timeout: number; readonly connectTimeout: number },
  ) {
    super();
    this.#reactor = reactor;
    this.#options = options;
    this.#deadline = new ResettableTimeout(reactor, () => this.#tooLate());
  }

  override connectionMade(): void {
    this.#deadline.start(this.#options.timeout);
  }

  override connectionLost(): void {
    this.#deadline.stop();
    this.#pending?.cancel();
  }

  override frameReceived(message: SOCKSClientMessage): void {
    switch (message.kind) {
      case "greeting":
        return this.#greeted(message.methods);
      case "password":
        return this.#authenticate(message.username, message.password);
      case "request":
        return this.#requested(message);
    }
  }

  #greeted(methods: readonly number[]): void {
    const wanted = this.#options.authenticate === undefined ? METHOD.NONE : METHOD.PASSWORD;
    if (!methods.includes(wanted)) {
      this.transport.write(Uint8Array.of(VERSION, METHOD.UNACCEPTABLE));
      const method = wanted === METHOD.NONE ? "no password" : "a password";
      this.transport.loseConnection(new SOCKSError(`${this.#who()} does not offer ${method}`));
      return;
    }
    this.transport.write(Uint8Array.of(VERSION, wanted));
    this.decoder.expect(wanted === METHOD.NONE ? "request" : "password");
  }

  #authenticate(username: string, password: string): void {
    const { authenticate } = this.#options;
    // Nothing is received while it is decided.
    this.pauseProducing();
    const decided: Deferred<unknown> = maybeDeferred(() => authenticate?.(username, password));
    this.#pending = decided.addCallbacks(
      (accepted) => this.#authenticated(username, accepted === true),
      (failure: Failure) => {
        if (failure.check(CancelledError) === undefined) {
          this.#reactor.reportError(failure.value, "authenticating a SOCKS client");
        }
        this.#authenticated(username, false);
      },
    );
  }

  #authenticated(username: string, accepted: boolean): void {
    this.#pending = undefined;
    this.transport.write(Uint8Array.of(PASSWORD_VERSION, accepted ? 0 : 1));
    if (!accepted) {
      const why = `${this.#who()} has a wrong name or password`;
      this.transport.loseConnection(new SOCKSError(why));
      return;
    }
    this.#username = username;
    this.decoder.expect("request");
    this.resumeProducing();
  }

  #requested({ code, address }: SOCKSCommand): void {
    this.#deadline.stop();
    if (address === undefined) return this.#refuse(REPLY.ADDRESS_UNKNOWN);
    if (code !== CONNECT) return this.#refuse(REPLY.COMMAND_UNKNOWN);
    this.pauseProducing();
    const connecting: Deferred<Transport> = maybeDeferred(() => this.#connect(address));
    this.#pending = connecting.addCallbacks(
      (onward) => {
        this.transport.write(formatReply(REPLY.SUCCEEDED, onward.getHost()));
        joinTransports(this.transport, onward, this.takeUnread());
      },
      (failure: Failure) => this.#refuse(replyFor(failure), failure),
    );
  }

  #connect({ host, port }: SOCKSAddress): Deferred<Transport> | never {
    const { allow = () => true, connectTimeout: timeout } = this.#options;
    if (port === 0) throw new SOCKSError("0 is no port", REPLY.FAILED);
    const [peer, username] = [this.transport.getPeer(), this.#username];
    return resolveHost(this.#reactor.nameResolver, host).addCallback((addresses) => {
      const allowed = addresses.filter((address) => allow({ host, port, address, peer, username }));
      if (allowed.length === 0) throw new SOCKSError("it is not allowed", REPLY.NOT_ALLOWED);
      return firstToConnect(
        this.#reactor,
        ATTEMPT_DELAY_SECONDS,
        allowed.map((address) => () => dialTCP(this.#reactor, address, port, { timeout })),
      );
    });
  }

  #refuse(reply: number, failure?: Failure): void {
    if (!this.transport.connected) return;
    this.transport.write(formatReply(reply));
    const why = `${this.#who()} is not connected: ${REPLY_TEXTS[reply]}`;
    const error = new SOCKSError(why, reply);
    if (failure !== undefined) error.cause = failure.value;
    this.transport.loseConnection(error);
  }

  #tooLate(): void {
    const why = `${this.#who()} has made no SOCKS request in ${this.#options.timeout} seconds`;
    this.transport.loseConnection(new TimeoutError(why));
  }

  #who(): string {
    return peerOf(this.transport);
  }
}
