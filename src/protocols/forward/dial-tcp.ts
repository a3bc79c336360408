import { Deferred } from "../../defer/deferred.ts";
import type { Failure } from "../../defer/failure.ts";
import type { ConnectOptions, ReactorTCP } from "../../reactor/capabilities.ts";
import type { Connector, Transport } from "../../reactor/transport.ts";
import { ClientFactory } from "../factory.ts";
import { Protocol } from "../protocol.ts";

/**
 * A connection without a protocol of its own: fires inside its connectionMade, for somebody to give
 * it one by setProtocol(). Cancelling gives up the attempt.
 *
 * @throws as connectTCP.
 */
export function dialTCP(
  reactor: ReactorTCP,
  host: string,
  port: number,
  options: ConnectOptions = {},
): Deferred<Transport> {
  const dialled = new Deferred<Transport>(() => connector.disconnect());
  class Dialled extends Protocol {
    override connectionMade(): void {
      dialled.callback(this.transport);
    }
  }
  class Dialler extends ClientFactory {
    override buildProtocol(): Dialled {
      return new Dialled();
    }
    override clientConnectionFailed(_connector: Connector, reason: Failure): void {
      if (!dialled.called) dialled.errback(reason);
    }
  }
  const connector = reactor.connectTCP(host, port, new Dialler(), options);
  return dialled;
}
