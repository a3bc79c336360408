/** The IRC server with people on it, in virtual time. */
import { type ClockOptions, createReactor, logTo, type OptionValues, type Reactor } from "skein";
import { LineClient } from "skein/testing";
import { irc } from "skein/daemons";

export type IRCReactor = Reactor<"tcp" | "unix" | "clock" | "network">;

export interface IRCNetwork {
  readonly reactor: IRCReactor;
  /** Somebody who has connected, from an address. */
  dial(host?: string): Promise<LineClient>;
  /** Somebody who was let in. */
  join(nick: string, ...channels: readonly string[]): Promise<LineClient>;
}

export async function onIRC(
  body: (network: IRCNetwork) => Promise<void>,
  options: Partial<OptionValues<typeof irc.options>> = {},
  clock: ClockOptions = {},
): Promise<void> {
  const errors: unknown[] = [];
  const reactor = createReactor("clock", { ...clock, onError: (error) => errors.push(error) });
  logTo(reactor, () => {});
  const stopped = reactor.run();
  const dial = async (host = "127.0.0.1"): Promise<LineClient> =>
    LineClient.dial(reactor, 6667, host);
  try {
    await irc(reactor, options);
    await body({
      reactor,
      dial,
      async join(nick, ...channels) {
        const client = await dial();
        say(client, `NICK ${nick}`, `USER ${nick} 0 * :${nick} of skein`);
        await client.heard(" 376 ");
        for (const channel of channels) {
          say(client, `JOIN ${channel}`);
          await client.heard(" 366 ");
        }
        return client;
      },
    });
  } finally {
    if (reactor.running) reactor.stop();
    await stopped;
  }
  if (errors.length > 0) throw errors[0];
  const left = reactor.inspect();
  if (left.length > 0)
    throw new Error(`left: ${left.map(({ description }) => description).join(", ")}`);
}

export function say(client: LineClient, ...lines: readonly string[]): void {
  for (const line of lines) client.say(`${line}\r`);
}
