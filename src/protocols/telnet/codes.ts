/** The numbers of telnet: commands (RFC 854) and options. */

/** Commands: what may come behind the byte 255, "interpret as command". */
export const TelnetCommand = {
  SE: 240,
  NOP: 241,
  DATA_MARK: 242,
  BREAK: 243,
  INTERRUPT_PROCESS: 244,
  ABORT_OUTPUT: 245,
  ARE_YOU_THERE: 246,
  ERASE_CHARACTER: 247,
  ERASE_LINE: 248,
  GO_AHEAD: 249,
  SB: 250,
  WILL: 251,
  WONT: 252,
  DO: 253,
  DONT: 254,
  IAC: 255,
} as const;

/** Options that have a name here; the others are numbers as well. */
export const TelnetOption = {
  BINARY: 0,
  ECHO: 1,
  SUPPRESS_GO_AHEAD: 3,
  STATUS: 5,
  TERMINAL_TYPE: 24,
  WINDOW_SIZE: 31,
  TERMINAL_SPEED: 32,
  LINEMODE: 34,
  NEW_ENVIRON: 39,
} as const;

/** WILL, WONT, DO or DONT. */
export type TelnetVerb = 251 | 252 | 253 | 254;

/** What a negotiation is called in messages. */
export const VERB_NAMES: Readonly<Record<TelnetVerb, string>> = {
  251: "WILL",
  252: "WONT",
  253: "DO",
  254: "DONT",
};
