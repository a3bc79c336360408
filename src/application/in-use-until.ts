import { Deferred } from "../defer/deferred.ts";
import type { FactoryOf } from "../endpoints/endpoint.ts";
import type { StreamProtocol } from "../reactor/transport.ts";

/** The same factory for one use, and a Deferred for the end of that. */
export function inUseUntil<P extends StreamProtocol>(
  factory: FactoryOf<P>,
): { readonly factory: FactoryOf<P>; readonly ended: Deferred<void> } {
  const ended = new Deferred<void>();
  return {
    ended,
    factory: {
      buildProtocol: (address) => factory.buildProtocol(address),
      doStart: () => factory.doStart(),
      doStop() {
        // Whatever the factory does, the use has ended; afterwards, as it was told of that.
        try {
          factory.doStop();
        } finally {
          if (!ended.called) ended.callback();
        }
      },
    },
  };
}
