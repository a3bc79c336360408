import type { Failure } from "../defer/failure.ts";
import type {
  ProtocolFactory,
  StreamAddress,
  StreamProtocol,
  Transport,
} from "../reactor/transport.ts";

/**
 * A server's factory around another, which is told all that this one is: override what is to be
 * different. A wrapper that forgets a part takes it from whoever relies on it: a service that keeps
 * count of its connections does not see those that it is not told of.
 *
 * ```ts
 * import { Factory, Protocol, type StreamAddress, WrappingFactory } from "skein/protocols";
 *
 * class Announced extends WrappingFactory {
 *   override buildProtocol(address: StreamAddress) {
 *     console.log(`somebody comes by ${address.type}`);
 *     return super.buildProtocol(address);
 *   }
 * }
 * const factory = new Announced(Factory.forProtocol(Protocol));
 * const protocol = factory.buildProtocol({ type: "UNIX", name: "" }); // → somebody comes by UNIX
 * console.log(protocol instanceof Protocol); // → true
 * ```
 */
export class WrappingFactory implements ProtocolFactory {
  readonly wrapped: ProtocolFactory;

  constructor(wrapped: ProtocolFactory) {
    this.wrapped = wrapped;
  }

  buildProtocol(address: StreamAddress): StreamProtocol | null {
    return this.wrapped.buildProtocol(address);
  }

  handshakeFailed(address: StreamAddress, reason: Failure): void {
    this.wrapped.handshakeFailed?.(address, reason);
  }

  connectionAccepted(transport: Transport): void {
    this.wrapped.connectionAccepted?.(transport);
  }

  connectionEnded(transport: Transport, reason: Failure): void {
    this.wrapped.connectionEnded?.(transport, reason);
  }

  doStart(): void {
    this.wrapped.doStart();
  }

  doStop(): void {
    this.wrapped.doStop();
  }
}
