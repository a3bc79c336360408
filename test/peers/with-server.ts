/** Tests against a real server, on libuv; each leaves nothing open on its reactor. */
import { expect } from "chai";
import { createReactor, type Reactor } from "skein/reactor";
import { setTimeout as sleep } from "node:timers/promises";
import type { PrivateServer } from "./private-server.ts";
import type { ServerKind } from "./servers.ts";

export type PeerTest = (reactor: Reactor<"tcp">, server: PrivateServer) => Promise<void>;

/** How long what has ended may take to be closed. */
const CLOSING_MS = 3000;

/** A suite: `test` is what it is in mocha, with a reactor, and the server. */
export function withServer(
  title: string,
  kind: ServerKind,
  tests: (test: (title: string, body: PeerTest) => void) => void,
): void {
  describe(title, () => {
    if (!kind.found) {
      it(`(not here: ${kind.package} is not installed)`, function () {
        if (process.env.CI) throw new Error(`CI needs the package ${kind.package}`);
        this.skip();
      });
      return;
    }
    let server: PrivateServer;

    before(async () => {
      server = await kind.start();
    });
    after(() => server?.stop());
    tests((name, body) => {
      it(name, () => alone((reactor) => body(reactor, server)));
    });
  });
}

/** Runs `body` with a reactor; what the reactor reports is a failure, and so is what is left. */
export async function alone(body: (reactor: Reactor<"tcp">) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  const reactor = createReactor("libuv", { onError: (error) => errors.push(error) });
  const stopped = reactor.run();
  const open = (): string[] =>
    reactor.inspect().map(({ kind, description }) => `${kind} ${description}`);
  try {
    await body(reactor);
    for (let left = CLOSING_MS; open().length > 0 && left > 0; left -= 10) await sleep(10);
    expect(open()).to.deep.equal([]);
    expect(errors).to.deep.equal([]);
  } finally {
    if (reactor.running) reactor.stop();
    await stopped;
  }
}

/** A megabyte in which no part is like another. */
export const LARGE = Array.from({ length: 131_072 }, (_, index) =>
  index.toString(16).padStart(8, "0"),
).join("");
