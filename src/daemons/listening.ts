import type { Deferred } from "../defer/deferred.ts";
import { logger } from "../log/logger.ts";
import type { ReactorCore } from "../reactor/capabilities.ts";
import type { ListeningPort, StreamAddress } from "../reactor/transport.ts";
import { textOf } from "../reactor/unix-name.ts";

/** Logs where a daemon listens, when it does; the port goes on. */
export function sayListening<A extends StreamAddress>(
  reactor: ReactorCore,
  what: string,
  opening: Deferred<ListeningPort<A>>,
): Deferred<ListeningPort<A>> {
  return opening.addCallback((port) => {
    logger(reactor).info(`${what}: listening on ${textOf(port.getHost())}`);
    return port;
  });
}
