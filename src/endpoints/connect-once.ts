import { Deferred } from "../defer/deferred.ts";
import { fail } from "../defer/fired.ts";
import { maybeDeferred } from "../defer/maybe-deferred.ts";
import type { ReactorCore } from "../reactor/capabilities.ts";
import type { ClientProtocolFactory, Connector, StreamProtocol } from "../reactor/transport.ts";
import type { FactoryOf } from "./endpoint.ts";
import { ConnectingCancelledError } from "./errors.ts";
import { Introduction } from "./introduction.ts";

/**
 * One connect of an endpoint: takes the factory into use until there is no connection (any more),
 * and gives cancelling a failure of its own. `connect` is told whom to tell of a connection's end.
 */
export function connectOnce<P extends StreamProtocol>(
  reactor: Pick<ReactorCore, "reportError">,
  where: string,
  factory: FactoryOf<P>,
  connect: (ended: () => void) => Deferred<P>,
): Deferred<P> {
  try {
    factory.doStart();
  } catch (error) {
    return fail(error);
  }
  let inUse = true;
  const ended = (): void => {
    if (!inUse) return;
    inUse = false;
    try {
      factory.doStop();
    } catch (error) {
      reactor.reportError(error, "calling a factory's doStop");
    }
  };
  const connected = new Deferred<P>(() => {
    // Fails it before what it waits for does, with an error of its own.
    connected.errback(new ConnectingCancelledError(where));
    connecting.cancel();
  });
  const connecting: Deferred<P> = maybeDeferred(connect, ended);
  connecting.addCallbacks(
    (protocol) => {
      if (!connected.called) connected.callback(protocol);
    },
    (failure) => {
      ended();
      if (!connected.called) connected.errback(failure);
    },
  );
  return connected;
}

/** Fires with the protocol of the connection that `dial` begins; cancelling gives that up. */
export function introduce<P extends StreamProtocol>(
  factory: FactoryOf<P>,
  ended: () => void,
  dial: (introduction: ClientProtocolFactory) => Connector,
): Deferred<P> {
  const introduced = new Deferred<P>(() => connector.disconnect());
  const connector = dial(new Introduction(factory, introduced, ended));
  return introduced;
}
