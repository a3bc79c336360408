/** MODE: what a channel is like, and who may do what in it. */
import type { Channel, ChannelFlag } from "./channel.ts";
import type { User } from "./user.ts";

/** So many modes that have a parameter may be changed at once. */
const MAX_CHANGES = 4;
const KEY = /^[^\s,:]{1,23}$/;

export function changeModes(user: User, [target = "", modes, ...params]: readonly string[]): void {
  const channel = user.server.channel(target);
  if (channel === undefined) userModes(user, target);
  else if (modes === undefined) user.reply("CHANNEL_MODES", channel.name, channel.modes());
  // Clients ask for the list of who is banned: nobody ever is.
  else if (modes !== "b" && modes !== "+b") {
    if (channel.isOperator(user)) change(user, channel, modes, params);
    else user.reply("NOT_OPERATOR", channel.name);
  }
}

/** Users have no modes but to be away. */
function userModes(user: User, target: string): void {
  const other = user.server.find(target);
  if (other === undefined) user.reply("NO_SUCH_NICK", target);
  else if (other === user) user.reply("USER_MODES", user.away === undefined ? "+" : "+a");
  else user.reply("OTHERS_MODES");
}

function change(user: User, channel: Channel, modes: string, params: readonly string[]): void {
  const left = params.slice(0, MAX_CHANGES);
  const done: string[] = [];
  const told: string[] = [];
  let adding = true;
  for (const mode of modes) {
    if (mode === "+" || mode === "-") adding = mode === "+";
    else if (mode === "n" || mode === "t" || mode === "m") {
      if (setFlag(channel, mode, adding)) done.push((adding ? "+" : "-") + mode);
    } else if (mode === "o" || mode === "v") {
      const nick = setRank(user, channel, mode, adding, left.shift());
      if (nick === undefined) continue;
      done.push((adding ? "+" : "-") + mode);
      told.push(nick);
    } else if (mode === "k") {
      const key = left.shift();
      if (adding && (key === undefined || !KEY.test(key))) continue;
      channel.key = adding ? key : undefined;
      done.push(adding ? "+k" : "-k");
      if (key !== undefined) told.push(key);
    } else user.reply("UNKNOWN_MODE", mode);
  }
  if (done.length > 0) channel.tell(user.mask, "MODE", [channel.name, done.join(""), ...told]);
}

function setFlag(channel: Channel, flag: ChannelFlag, on: boolean): boolean {
  if (channel.flags.has(flag) === on) return false;
  if (on) channel.flags.add(flag);
  else channel.flags.delete(flag);
  return true;
}

/** Returns whose rank has changed, by their nick. */
function setRank(
  user: User,
  channel: Channel,
  mode: "o" | "v",
  on: boolean,
  nick = "",
): string | undefined {
  const other = user.server.find(nick);
  const rank = other === undefined ? undefined : channel.members.get(other);
  if (rank === undefined || other === undefined) {
    user.reply("NOT_IN_CHANNEL", nick, channel.name);
    return undefined;
  }
  if (mode === "o") rank.operator = on;
  else rank.voice = on;
  return other.nick;
}
