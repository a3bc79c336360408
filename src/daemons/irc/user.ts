/** One connection to the IRC server: somebody who chats, or has not said who they are yet. */
import type { Failure } from "../../defer/failure.ts";
import { type IRCMessage, IRCReceiver } from "../../protocols/irc/index.ts";
import type { DelayedCall } from "../../reactor/capabilities.ts";
import type { Channel } from "./channel.ts";
import { COMMANDS, EARLY } from "./commands.ts";
import { NUMERICS, type Numeric } from "./numerics.ts";
import type { Server } from "./server.ts";

/** Who is this far behind is dropped, so that it costs the others nothing. */
const UNSENT_MAX_BYTES = 256 * 1024;

export class User extends IRCReceiver {
  readonly server: Server;
  readonly host: string;
  /** "*" while it has none. */
  nick = "*";
  name: string | undefined = undefined;
  realName = "";
  /** Why they are away; undefined while they are not. */
  away: string | undefined = undefined;
  isRegistered = false;
  /** A client that negotiates capabilities is welcomed when it is through with that. */
  isNegotiating = false;
  readonly channels: Set<Channel> = new Set();
  heardAt: number;
  /** What others are told when it has gone. */
  #farewell: string | undefined = undefined;
  #timer: DelayedCall | undefined = undefined;
  #asked = false;
  /** When the messages so far would have come, at the pace that is allowed. */
  #paidUntil: number;
  #throttle: DelayedCall | undefined = undefined;

  constructor(server: Server, host: string) {
    super();
    this.server = server;
    this.host = host;
    this.heardAt = server.reactor.seconds();
    this.#paidUntil = this.heardAt;
  }

  /** As others see them: nick!name@host. */
  get mask(): string {
    return `${this.nick}!${this.name ?? "*"}@${this.host}`;
  }

  /** Sends a reply by its name. What the user has said may be in it, whatever that was. */
  reply(numeric: Numeric, ...params: readonly string[]): void {
    const { code, text } = NUMERICS[numeric];
    const words = text === undefined ? params : [...params, text];
    const sent = words.map((word, i) => (i === words.length - 1 ? word : asWord(word)));
    this.sendMessage(code, [this.nick, ...sent], this.server.options.name);
  }

  /** A message from somebody, or, without a mask, from the server. */
  hear(command: string, params: readonly string[], from: string = this.server.options.name): void {
    this.sendMessage(command, params, from);
  }

  /** NICK and USER have come: it is one of us, unless the name was taken meanwhile. */
  registerIfReady(): void {
    if (this.isRegistered || this.isNegotiating) return;
    if (this.nick === "*" || this.name === undefined) return;
    const { nick, server } = this;
    if (server.isTaken(nick, this)) {
      this.nick = "*";
      this.reply("NICK_IN_USE", nick);
      return;
    }
    this.isRegistered = true;
    server.rename(this, nick);
    this.reply("WELCOME", `welcome, ${this.mask}`);
    this.reply("YOUR_HOST", `your host is ${server.options.name}, running skein`);
    this.reply("MY_INFO", server.options.name, "skein", "a", "nmtovk");
    this.reply("SUPPORT", "CASEMAPPING=rfc1459", "CHANTYPES=#", "NICKLEN=16", "PREFIX=(ov)@+");
    COMMANDS["MOTD"]?.(this, []);
    this.#wait(server.options.pingSeconds);
  }

  /** Says why, and closes. */
  close(why: string): void {
    this.#farewell ??= why;
    this.sendMessage("ERROR", [`closing: ${why}`]);
    this.transport.loseConnection();
  }

  // --- IRCReceiver ---

  override connectionMade(): void {
    this.transport.maxBufferedBytes = UNSENT_MAX_BYTES;
    this.#wait(this.server.options.registerSeconds);
  }

  override messageReceived({ command, params }: IRCMessage): void {
    this.#heard();
    const action = COMMANDS[command];
    if (action === undefined) {
      if (this.isRegistered) this.reply("UNKNOWN_COMMAND", command);
    } else if (!this.isRegistered && !EARLY.has(command)) this.reply("NOT_REGISTERED");
    else action(this, params);
  }

  override messageRefused(error: Error | undefined): void {
    this.#heard();
    if (error === undefined) this.reply("TOO_LONG");
  }

  override connectionLost(reason: Failure): void {
    for (const call of [this.#timer, this.#throttle]) if (call?.active) call.cancel();
    const why = this.#farewell ?? (reason.value as Error).message;
    for (const other of this.server.circle(this)) {
      if (other !== this) other.hear("QUIT", [why], this.mask);
    }
    for (const channel of this.channels) this.server.part(this, channel);
    this.server.remove(this);
  }

  // --- pace ---

  /** Who sends faster than is allowed is read more slowly: TCP makes them wait. */
  #heard(): void {
    const { reactor, options } = this.server;
    const now = reactor.seconds();
    this.heardAt = now;
    this.#asked = false;
    if (this.isRegistered) this.#timer?.reset(options.pingSeconds);
    if (options.floodSeconds === 0) return;
    this.#paidUntil = Math.max(this.#paidUntil, now) + options.floodSeconds;
    const ahead = this.#paidUntil - now - options.floodBurst * options.floodSeconds;
    if (ahead < 0 || this.#throttle?.active) return;
    this.pauseProducing();
    this.#throttle = reactor.callLater(Math.max(ahead, options.floodSeconds), () =>
      this.resumeProducing(),
    );
  }

  #wait(seconds: number): void {
    if (this.#timer?.active) this.#timer.cancel();
    this.#timer = this.server.reactor.callLater(seconds, () => this.#silent());
  }

  #silent(): void {
    const { pingSeconds, name } = this.server.options;
    if (!this.isRegistered) this.close("you have not said who you are");
    else if (this.#asked) {
      this.#farewell = `ping timeout: ${pingSeconds} seconds`;
      // It does not read either: there is no use in waiting until it does.
      this.transport.abortConnection();
    } else {
      this.#asked = true;
      this.sendMessage("PING", [name]);
      this.#wait(pingSeconds);
    }
  }
}

/** What can stand between others in a message. */
function asWord(text: string): string {
  return text.replace(/^:/, "?").replaceAll(" ", "?") || "*";
}
