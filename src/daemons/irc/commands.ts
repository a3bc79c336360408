/** What a user can say to the IRC server: a function for each command, in a map. */
import type { Channel } from "./channel.ts";
import { changeModes } from "./modes.ts";
import type { User } from "./user.ts";

export type Command = (user: User, params: readonly string[]) => void;

const NICK = /^[A-Za-z[\]\\`_^{|}][\w[\]\\`^{|}-]{0,15}$/;
const CHANNEL = /^#[^\s,:]{1,49}$/;
const MAX_CHANNELS = 20;
const MAX_TARGETS = 4;
const MAX_TOPIC_CHARACTERS = 300;
/** So many names fit into one line, whoever they are. */
const NAMES_IN_LINE = 20;

/** What may be said before one has said who one is. */
export const EARLY: ReadonlySet<string> = new Set([
  "CAP",
  "NICK",
  "PASS",
  "PING",
  "PONG",
  "QUIT",
  "USER",
]);

/** The channel, if there is one of that name and the user is in it; else they are told. */
function ownChannel(user: User, name: string): Channel | undefined {
  const channel = user.server.channel(name);
  if (channel === undefined) user.reply("NO_SUCH_CHANNEL", name);
  else if (channel.members.has(user)) return channel;
  else user.reply("NOT_ON_CHANNEL", channel.name);
  return undefined;
}

/** Whether so many parameters are there; else the user is told. */
function has(user: User, command: string, params: readonly string[], count: number): boolean {
  if (params.length >= count) return true;
  user.reply("NEED_MORE", command);
  return false;
}

function nick(user: User, [wanted = ""]: readonly string[]): void {
  if (wanted === "") return user.reply("NO_NICK_GIVEN");
  if (!NICK.test(wanted)) return user.reply("BAD_NICK", wanted);
  if (user.server.isTaken(wanted, user)) return user.reply("NICK_IN_USE", wanted);
  if (!user.isRegistered) {
    user.nick = wanted;
    return user.registerIfReady();
  }
  const before = user.mask;
  user.server.rename(user, wanted);
  for (const other of user.server.circle(user)) other.hear("NICK", [wanted], before);
}

function join(user: User, [names = "", keys = ""]: readonly string[]): void {
  if (!has(user, "JOIN", names === "" ? [] : [names], 1)) return;
  const key = keys.split(",");
  for (const [index, name] of names.split(",").entries()) {
    const existing = user.server.channel(name);
    if (!CHANNEL.test(name)) user.reply("NO_SUCH_CHANNEL", name);
    else if (existing?.members.has(user)) continue;
    else if (user.channels.size >= MAX_CHANNELS) user.reply("TOO_MANY_CHANNELS", name);
    else if (existing?.key !== undefined && existing.key !== key[index]) {
      user.reply("BAD_KEY", existing.name);
    } else enter(user, user.server.openChannel(name));
  }
}

function enter(user: User, channel: Channel): void {
  channel.join(user);
  user.channels.add(channel);
  channel.tell(user.mask, "JOIN", [channel.name]);
  if (channel.topic !== "") user.reply("TOPIC", channel.name, channel.topic);
  tellNames(user, channel);
}

function tellNames(user: User, channel: Channel): void {
  const names = channel.names();
  for (let i = 0; i < names.length; i += NAMES_IN_LINE) {
    user.reply("NAMES", "=", channel.name, names.slice(i, i + NAMES_IN_LINE).join(" "));
  }
  user.reply("END_OF_NAMES", channel.name);
}

function part(user: User, [names = "", why]: readonly string[]): void {
  if (!has(user, "PART", names === "" ? [] : [names], 1)) return;
  for (const name of names.split(",")) {
    const channel = ownChannel(user, name);
    if (channel === undefined) continue;
    channel.tell(user.mask, "PART", why === undefined ? [channel.name] : [channel.name, why]);
    user.server.part(user, channel);
  }
}

/** PRIVMSG; or NOTICE, which nothing is ever answered to, so that no two programs talk for ever. */
function say(command: "PRIVMSG" | "NOTICE"): Command {
  return (user, [targets = "", text = ""]) => {
    const refuse: User["reply"] = (numeric, ...params) => {
      if (command === "PRIVMSG") user.reply(numeric, ...params);
    };
    if (targets === "") return refuse("NEED_MORE", command);
    if (text === "") return refuse("NO_TEXT");
    const names = targets.split(",");
    if (names.length > MAX_TARGETS) return refuse("TOO_MANY_TARGETS", names[0] ?? "*");
    for (const name of names) {
      const channel = user.server.channel(name);
      const other = user.server.find(name);
      if (channel !== undefined) {
        if (channel.maySpeak(user)) channel.tell(user.mask, command, [channel.name, text], user);
        else refuse("CANNOT_SEND", channel.name);
      } else if (other === undefined) refuse("NO_SUCH_NICK", name);
      else {
        other.hear(command, [other.nick, text], user.mask);
        if (other.away !== undefined) refuse("AWAY", other.nick, other.away);
      }
    }
    return undefined;
  };
}

function topic(user: User, params: readonly string[]): void {
  const [name = "", text] = params;
  if (!has(user, "TOPIC", params, 1)) return;
  const channel = ownChannel(user, name);
  if (channel === undefined) return;
  if (text === undefined) {
    if (channel.topic === "") user.reply("NO_TOPIC", channel.name);
    else user.reply("TOPIC", channel.name, channel.topic);
  } else if (channel.flags.has("t") && !channel.isOperator(user)) {
    user.reply("NOT_OPERATOR", channel.name);
  } else {
    channel.topic = text.slice(0, MAX_TOPIC_CHARACTERS);
    channel.tell(user.mask, "TOPIC", [channel.name, channel.topic]);
  }
}

function kick(user: User, params: readonly string[]): void {
  const [name = "", whom = "", why = user.nick] = params;
  if (!has(user, "KICK", params, 2)) return;
  const channel = ownChannel(user, name);
  if (channel === undefined) return;
  const other = user.server.find(whom);
  if (!channel.isOperator(user)) user.reply("NOT_OPERATOR", channel.name);
  else if (other === undefined || !channel.members.has(other)) {
    user.reply("NOT_IN_CHANNEL", whom, channel.name);
  } else {
    channel.tell(user.mask, "KICK", [channel.name, other.nick, why]);
    user.server.part(other, channel);
  }
}

function tellAllNames(user: User, [wanted]: readonly string[]): void {
  const channels =
    wanted === undefined
      ? [...user.channels]
      : wanted.split(",").map((name) => user.server.channel(name));
  for (const channel of channels) if (channel !== undefined) tellNames(user, channel);
  if (channels.every((channel) => channel === undefined)) user.reply("END_OF_NAMES", wanted ?? "*");
}

function tellList(user: User): void {
  for (const channel of user.server.channels.values()) {
    user.reply("LIST", channel.name, String(channel.members.size), channel.topic);
  }
  user.reply("END_OF_LIST");
}

function who(user: User, [mask = "*"]: readonly string[]): void {
  const channel = user.server.channel(mask);
  const one = user.server.find(mask);
  const all = channel === undefined ? [one] : channel.members.keys();
  for (const other of all) {
    if (other === undefined) continue;
    const { name = "*", host, nick: is } = other;
    const flags = (other.away === undefined ? "H" : "G") + (channel?.signOf(other) ?? "");
    const where = channel?.name ?? "*";
    user.reply(
      "WHO",
      where,
      name,
      host,
      user.server.options.name,
      is,
      flags,
      `0 ${other.realName}`,
    );
  }
  user.reply("END_OF_WHO", mask);
}

function whois(user: User, params: readonly string[]): void {
  const wanted = params.at(-1) ?? "";
  const other = user.server.find(wanted);
  if (wanted === "") return user.reply("NO_NICK_GIVEN");
  if (other === undefined) user.reply("NO_SUCH_NICK", wanted);
  else {
    const idle = Math.floor(user.server.reactor.seconds() - other.heardAt);
    const channels = [...other.channels].map((channel) => channel.signOf(other) + channel.name);
    user.reply("WHOIS_USER", other.nick, other.name ?? "*", other.host, "*", other.realName);
    if (channels.length > 0) user.reply("WHOIS_CHANNELS", other.nick, channels.join(" "));
    user.reply("WHOIS_SERVER", other.nick, user.server.options.name);
    if (other.away !== undefined) user.reply("AWAY", other.nick, other.away);
    user.reply("WHOIS_IDLE", other.nick, String(idle));
  }
  return user.reply("END_OF_WHOIS", wanted);
}

function motd(user: User): void {
  const { motd: text } = user.server.options;
  if (text === "") return user.reply("NO_MOTD");
  user.reply("MOTD_START");
  for (const line of text.split("\n")) user.reply("MOTD", `- ${line}`);
  return user.reply("END_OF_MOTD");
}

/** There are no capabilities; those who ask are told so, and do without. */
function capabilities(user: User, [verb = "", wanted = ""]: readonly string[]): void {
  const word = verb.toUpperCase();
  if (word === "END") {
    user.isNegotiating = false;
    return user.registerIfReady();
  }
  if (!user.isRegistered) user.isNegotiating = true;
  if (word === "REQ") user.hear("CAP", [user.nick, "NAK", wanted]);
  else if (word === "LS" || word === "LIST") user.hear("CAP", [user.nick, word, ""]);
  return undefined;
}

export const COMMANDS: Readonly<Record<string, Command | undefined>> = {
  AWAY(user, [why = ""]) {
    user.away = why === "" ? undefined : why;
    user.reply(why === "" ? "NO_LONGER_AWAY" : "NOW_AWAY");
  },
  CAP: capabilities,
  JOIN: join,
  KICK: kick,
  LIST: tellList,
  MODE(user, params) {
    if (has(user, "MODE", params, 1)) changeModes(user, params);
  },
  MOTD: motd,
  NAMES: tellAllNames,
  NICK: nick,
  NOTICE: say("NOTICE"),
  PART: part,
  PASS() {},
  PING: (user, [token = ""]) => user.hear("PONG", [user.server.options.name, token]),
  PONG() {},
  PRIVMSG: say("PRIVMSG"),
  QUIT: (user, [why = user.nick]) => user.close(`quit: ${why}`),
  TOPIC: topic,
  USER(user, params) {
    const [name = "", , , realName = ""] = params;
    if (user.isRegistered) return user.reply("REGISTERED_ALREADY");
    if (!has(user, "USER", params, 4)) return undefined;
    user.name = `~${name.replaceAll(/[^\w.-]/g, "").slice(0, 10) || "x"}`;
    user.realName = realName.slice(0, 100);
    return user.registerIfReady();
  },
  WHO: who,
  WHOIS: whois,
};
