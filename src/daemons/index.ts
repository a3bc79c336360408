/**
 * Daemons that are ready to run, by the `reactor` command (`reactor echo`) or on a reactor of one's
 * own: `startDaemon(reactor, echo, { port: 7 })`.
 */
export { default as chat } from "./chat.ts";
export { default as echo } from "./echo.ts";
export { default as forward } from "./forward.ts";
export { default as irc } from "./irc/irc.ts";
export { default as manhole } from "./manhole.ts";
export { default as socks } from "./socks.ts";
export { default as web } from "./web.ts";
export { default as wire } from "./wire.ts";
