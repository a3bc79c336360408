/** Messages of IRC. A server is in src/daemons/irc. */
export { IRCReceiver } from "./irc-receiver.ts";
export {
  foldIRCName,
  formatIRCMessage,
  IRC_MESSAGE_BYTES,
  type IRCMessage,
  parseIRCMessage,
} from "./message.ts";
