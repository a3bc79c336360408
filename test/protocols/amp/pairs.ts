/** Two ends of AMP, connected, for tests on any backend. */
import { AMP, type AMPOptions, command, integer, unicode } from "skein/amp";
import { Deferred, type Failure } from "skein/defer";
import { ClientFactory, Factory } from "skein/protocols";
import { createReactor, type Reactor } from "skein/reactor";
import { certificates } from "../../support/certificates.ts";

export class DivisionByZeroError extends Error {}
export class GrossError extends Error {}

export const Sum = command("Sum", {
  arguments: { a: integer, b: integer },
  response: { total: integer },
});
export const Divide = command("Divide", {
  arguments: { a: integer, b: integer },
  response: { result: integer },
  errors: { ZERO: DivisionByZeroError },
  fatalErrors: { GROSS: GrossError },
});
export const Note = command("Note", { arguments: { text: unicode }, requiresAnswer: false });
export const Echo = command("Echo", {
  arguments: { text: unicode },
  response: { text: unicode },
});
/** Known to nobody. */
export const Unknown = command("Unknown");

/** An end that tells why it was lost. */
export class End extends AMP {
  readonly made: Deferred<void> = new Deferred();
  readonly lost: Deferred<unknown> = new Deferred();

  override connectionMade(): void {
    this.made.callback();
  }
  override connectionLost(reason: Failure): void {
    super.connectionLost(reason);
    this.lost.callback(reason.value);
  }
}

export interface Pair {
  readonly reactor: Reactor<"tcp" | "tls">;
  readonly server: End;
  readonly client: End;
}

export type Backend = "clock" | "libuv";
export const backends: readonly Backend[] = ["clock", "libuv"];

/** Runs `body` with both ends; on `clock`, time is left. */
export async function withPair(
  backend: Backend,
  body: (pair: Pair) => Promise<void>,
  options: { server?: AMPOptions; client?: AMPOptions } = {},
): Promise<void> {
  const reactor =
    backend === "clock"
      ? createReactor("clock", { certificates: certificates().simulated })
      : createReactor("libuv");
  const wait = reactor.callLater(3600, () => {});
  const stopped = reactor.run();
  try {
    const server = new End(options.server);
    const client = new End(options.client);
    const port = await reactor.listenTCP(
      0,
      Factory.from(() => server),
      { interface: "127.0.0.1" },
    );
    const factory = ClientFactory.from(() => client);
    reactor.connectTCP("127.0.0.1", port.getHost().port, factory);
    await client.made;
    await server.made;
    await body({ reactor, server, client });
  } finally {
    if (wait.active) wait.cancel();
    if (reactor.running) reactor.stop();
    await stopped;
  }
}

/** The error that a Deferred fails with. */
export async function failureOf(deferred: PromiseLike<unknown>): Promise<Error> {
  try {
    await deferred;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it has not failed");
}
