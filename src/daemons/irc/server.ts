/** What the connections of the IRC server share: its users, and its channels. */
import { Factory } from "../../protocols/factory.ts";
import { foldIRCName } from "../../protocols/irc/index.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import type { StreamAddress } from "../../reactor/transport.ts";
import { Channel } from "./channel.ts";
import { User } from "./user.ts";

export interface ServerOptions {
  /** What it calls itself. */
  readonly name: string;
  readonly motd: string;
  /** Who says nothing for so long is asked whether they are there, and has as long to answer. */
  readonly pingSeconds: number;
  /** Who has not said who they are by then is let go. */
  readonly registerSeconds: number;
  /** So many messages may come at once; then one in `floodSeconds`. */
  readonly floodBurst: number;
  readonly floodSeconds: number;
  readonly maxUsers: number;
}

export class Server extends Factory<User> {
  readonly reactor: Reactor;
  readonly options: ServerOptions;
  readonly channels: Map<string, Channel> = new Map();
  /** Those who have said who they are. */
  readonly #users = new Map<string, User>();
  /** Also those who have not yet. */
  readonly #connections = new Set<User>();

  constructor(reactor: Reactor, options: ServerOptions) {
    super();
    this.reactor = reactor;
    this.options = options;
  }

  override buildProtocol(address: StreamAddress): User | null {
    if (this.#connections.size >= this.options.maxUsers) return null;
    const user = new User(this, address.type === "TCP" ? address.host : "localhost");
    this.#connections.add(user);
    return user;
  }

  // --- users ---

  get users(): Iterable<User> {
    return this.#users.values();
  }

  find(nick: string): User | undefined {
    return this.#users.get(foldIRCName(nick));
  }

  /** Whether somebody else has the name, or is about to. */
  isTaken(nick: string, user: User): boolean {
    const other = this.find(nick);
    return other !== undefined && other !== user;
  }

  /** The user is known by this name from now on. */
  rename(user: User, nick: string): void {
    if (this.find(user.nick) === user) this.#users.delete(foldIRCName(user.nick));
    user.nick = nick;
    this.#users.set(foldIRCName(nick), user);
  }

  remove(user: User): void {
    this.#connections.delete(user);
    if (this.find(user.nick) === user) this.#users.delete(foldIRCName(user.nick));
  }

  // --- channels ---

  channel(name: string): Channel | undefined {
    return this.channels.get(foldIRCName(name));
  }

  openChannel(name: string): Channel {
    const channel = this.channel(name) ?? new Channel(name);
    this.channels.set(foldIRCName(name), channel);
    return channel;
  }

  /** A channel that nobody is in any more is gone. */
  part(user: User, channel: Channel): void {
    channel.members.delete(user);
    user.channels.delete(channel);
    if (channel.members.size === 0) this.channels.delete(foldIRCName(channel.name));
  }

  /** Everybody who shares a channel with the user, and the user. */
  circle(user: User): Set<User> {
    const all = new Set([user]);
    for (const channel of user.channels)
      for (const member of channel.members.keys()) all.add(member);
    return all;
  }

  /** Tells everybody, as the server stops. */
  farewell(): void {
    for (const user of this.#connections) user.close("the server stops");
  }
}
