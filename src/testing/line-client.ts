import { SkeinError } from "../core/errors.ts";
import { framesOf, type Stack } from "../core/stack.ts";
import { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { ClientFactory } from "../protocols/factory.ts";
import { LineReceiver } from "../protocols/line-receiver.ts";
import type { DelayedCall, Reactor, ReactorTime } from "../reactor/capabilities.ts";
import type { Connector } from "../reactor/transport.ts";

const LINE_MAX_BYTES = 1024 * 1024;
const WITHIN_SECONDS = 5;

/** A {@link LineClient} did not hear what a test waits for; the message says what it heard. */
export class NotHeardError extends SkeinError {
  override readonly name = "NotHeardError";
  readonly code = "ERR_NOT_HEARD";
}

/** What somebody waits for. */
interface Wish {
  readonly what: string | RegExp;
  readonly deferred: Deferred<string>;
  readonly timer: DelayedCall;
  /** Where somebody began to wait. */
  readonly asked: Stack;
}

/**
 * A client that talks in lines, for tests of daemons: on real sockets and on virtual time alike.
 * Its `transport` is there for what lines cannot do: half a line, or a reader that pauses.
 *
 * ```ts
 * import { Factory, LineReceiver } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * class Shout extends LineReceiver {
 *   override delimiter = "\n";
 *   override lineReceived(line: string): void {
 *     this.sendLine(line.toUpperCase());
 *   }
 * }
 * const reactor = createReactor("clock"); // or "libuv"
 * const stopped = reactor.run();
 * const port = await reactor.listenTCP(0, Factory.forProtocol(Shout));
 *
 * const client = await LineClient.dial(reactor, port.getHost().port);
 * client.say("hello");
 * console.log(await client.heard("HELL")); // → HELLO
 * await client.heard(/^[a-z]/, 60).addErrback((failure) => console.log(failure.message));
 * // → NotHeardError: no line matched /^[a-z]/ in 60 s; since the last match: nothing
 * client.close();
 * console.log(String(await client.ended));
 * // → ConnectionDoneError: the connection was closed cleanly
 * await stopped;
 * ```
 */
export class LineClient extends LineReceiver {
  override delimiter = "\n";
  override maxLength: number = LINE_MAX_BYTES;
  /** Fires with the reason, an error, when the connection has ended. */
  readonly ended: Deferred<unknown> = new Deferred();
  readonly #clock: Pick<ReactorTime, "callLater">;
  readonly #connected: (client: LineClient) => void;
  readonly #lines: string[] = [];
  /** The line behind the last one that matched. */
  #next = 0;
  /** The lines before this one were searched for the first wish. */
  #searched = 0;
  /** In order: each is about the lines behind the match of the one before it. */
  readonly #wishes: Wish[] = [];
  #lost: Failure | undefined = undefined;

  private constructor(
    clock: Pick<ReactorTime, "callLater">,
    connected: (client: LineClient) => void,
  ) {
    super();
    this.#clock = clock;
    this.#connected = connected;
  }

  /** Connects; fails as the connection does. Cancelling gives up the attempt. */
  static dial(reactor: Reactor<"tcp">, port: number, host = "127.0.0.1"): Deferred<LineClient> {
    const dialled = new Deferred<LineClient>(() => connector.stopConnecting());
    class Dialler extends ClientFactory {
      override buildProtocol(): LineClient {
        return new LineClient(reactor, (client) => dialled.callback(client));
      }
      override clientConnectionFailed(_connector: Connector, reason: Failure): void {
        if (!dialled.called) dialled.errback(reason);
      }
    }
    const connector = reactor.connectTCP(host, port, new Dialler());
    return dialled;
  }

  /** All lines heard so far. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Sends a line. */
  say(line: string): void {
    this.sendLine(line);
  }

  /**
   * Fires with the first line behind the last match, be it heard already or still to come, that
   * contains the text or matches the expression. Calls that wait are served in their order.
   *
   * Fails with NotHeardError when the connection ends before, or after `withinSeconds` (on the
   * reactor's clock; 5 unless given); its stack leads to this call. Cancelling waits no longer.
   */
  heard(what: string | RegExp, withinSeconds: number = WITHIN_SECONDS): Deferred<string> {
    const deferred = new Deferred<string>(() => {
      this.#remove(wish);
      this.#serve();
    });
    const timer = this.#clock.callLater(withinSeconds, () =>
      this.#disappoint(wish, `in ${withinSeconds} s`),
    );
    const wish: Wish = { what, deferred, timer, asked: new Error() };
    this.#wishes.push(wish);
    this.#serve();
    if (this.#lost !== undefined) this.#disappointAll();
    return deferred;
  }

  /** Closes the connection, once everything said is sent. */
  close(): void {
    this.transport.loseConnection();
  }

  /** Cuts the connection. */
  abort(): void {
    this.transport.abortConnection();
  }

  // --- Protocol ---

  override connectionMade(): void {
    this.#connected(this);
  }

  override lineReceived(line: string): void {
    this.#lines.push(line.replace(/\r$/, ""));
    this.#serve();
  }

  override connectionLost(reason: Failure): void {
    this.#lost = reason;
    this.#disappointAll();
    this.ended.callback(reason.value);
  }

  // --- wishes ---

  /** Gives the first wish its line, if it is there; then the next one its own. */
  #serve(): void {
    for (let wish = this.#wishes[0]; wish !== undefined; wish = this.#wishes[0]) {
      const { what, deferred } = wish;
      const at = this.#lines.findIndex((line, i) => i >= this.#searched && matches(line, what));
      if (at < 0) {
        this.#searched = this.#lines.length;
        return;
      }
      this.#next = at + 1;
      this.#remove(wish);
      deferred.callback(this.#lines[at] as string);
    }
  }

  #remove(wish: Wish): void {
    const index = this.#wishes.indexOf(wish);
    if (index >= 0) this.#wishes.splice(index, 1);
    // Another wish is the first one now: it may find what this one passed by.
    if (index === 0) this.#searched = this.#next;
    if (wish.timer.active) wish.timer.cancel();
  }

  #disappointAll(): void {
    for (let wish = this.#wishes[0]; wish !== undefined; wish = this.#wishes[0]) {
      this.#disappoint(wish, `before the connection ended (${this.#lost?.message})`);
    }
  }

  #disappoint(wish: Wish, when: string): void {
    const wanted = typeof wish.what === "string" ? JSON.stringify(wish.what) : String(wish.what);
    const heard = this.#lines.slice(this.#next).map((line) => JSON.stringify(line));
    this.#remove(wish);
    const error = new NotHeardError(
      `no line matched ${wanted} ${when}; since the last match: ${heard.join(", ") || "nothing"}`,
    );
    // Where it was made, in a turn of the reactor, says nothing to who waits.
    error.stack = [`${error.name}: ${error.message}`, ...framesOf(wish.asked)].join("\n");
    wish.deferred.errback(error);
    this.#serve();
  }
}

function matches(line: string, what: string | RegExp): boolean {
  // Unlike test(), search() does not care where an expression with the flag g was left.
  return typeof what === "string" ? line.includes(what) : line.search(what) >= 0;
}
