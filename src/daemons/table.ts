/** The daemons that skein brings, by name; each is loaded when it is used. */

export interface DaemonRow {
  /** As the daemon itself says it. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly default: unknown }>;
}

export const DAEMONS: Readonly<Record<string, DaemonRow>> = {
  chat: {
    summary: "A chat for nc: your first line is your name.",
    load: () => import("./chat.ts"),
  },
  echo: { summary: "Sends back what it gets.", load: () => import("./echo.ts") },
  forward: {
    summary: "Connects those who come in to somewhere else.",
    load: () => import("./forward.ts"),
  },
  irc: { summary: "An IRC server.", load: () => import("./irc/irc.ts") },
  manhole: {
    summary: "A way into the running program, to look around.",
    load: () => import("./manhole.ts"),
  },
  socks: {
    summary: "A SOCKS5 proxy: connects its clients to wherever they want.",
    load: () => import("./socks.ts"),
  },
  web: { summary: "Serves the files of a folder by HTTP.", load: () => import("./web.ts") },
  wire: {
    summary: "The small services of old: echo, discard, daytime, qotd, chargen, time.",
    load: () => import("./wire.ts"),
  },
};
