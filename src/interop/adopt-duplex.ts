import type { Duplex } from "node:stream";
import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { ReactorStoppedError } from "../reactor/errors.ts";
import type { StreamProtocol } from "../reactor/transport.ts";
import { DuplexConnection } from "./duplex-connection.ts";

/** How long a stopping reactor lets a Duplex send what was written. */
const STOP_SECONDS = 2;

/**
 * Makes any Duplex a connection of the reactor, and `protocol` its protocol: a pipe, a channel of
 * an SSH connection, a TLSSocket over a {@link ReactorSocket}.
 *
 * ```ts
 * import { PassThrough } from "node:stream";
 * import { adoptDuplex } from "skein/interop";
 * import { LineReceiver } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 *
 * class Printer extends LineReceiver {
 *   override delimiter = "\n";
 *   override lineReceived(line: string): void {
 *     console.log(line); // → hello
 *   }
 *   override connectionLost(): void {
 *     console.log("the end"); // → the end
 *   }
 * }
 * const reactor = createReactor("clock");
 * const duplex = new PassThrough();
 * adoptDuplex(reactor, duplex, new Printer());
 * duplex.end("hello\n");
 * await reactor.run();
 * ```
 *
 * makeConnection is called in a later turn, when the reactor runs. From here on the Duplex belongs
 * to the connection: it is closed with it, and when the reactor stops. Its addresses are those of
 * the Duplex, or else empty names. Its errors end the connection, as ConnectionLostError. It has no
 * startTLS.
 *
 * @throws BadOptionError for a Duplex of objects, or of text that was decoded.
 */
export function adoptDuplex(reactor: Reactor, duplex: Duplex, protocol: StreamProtocol): void {
  const { readableObjectMode, writableObjectMode, readableEncoding } = duplex;
  if (readableObjectMode || writableObjectMode || readableEncoding !== null) {
    throw new BadOptionError("only a Duplex of bytes can be a connection");
  }
  const connection = new DuplexConnection(duplex, (error, doing) =>
    reactor.reportError(error, doing),
  );
  const loop = {
    callLater: reactor.callLater.bind(reactor),
    callFromThread: reactor.callFromThread.bind(reactor),
    timed: <T extends object>(_what: string, callee: T): T => callee,
  };
  const over = new Deferred<void>();
  const end = (): void => {
    if (!over.called) over.callback();
  };
  const stop = (): Deferred<void> => {
    connection.loseConnection(new ReactorStoppedError());
    // Some never say that they are closed.
    const deadline = reactor.callLater(STOP_SECONDS, () => {
      connection.abortConnection();
      end();
    });
    return over.addCallback(() => {
      if (deadline.active) deadline.cancel();
    });
  };
  const start = (): void => {
    const stopping = reactor.addSystemEventTrigger("before", "shutdown", stop);
    const ended = (): void => {
      reactor.removeSystemEventTrigger(stopping);
      end();
    };
    connection.start(protocol, ended, loop);
  };
  reactor.callWhenRunning(() => reactor.callFromThread(start));
}
