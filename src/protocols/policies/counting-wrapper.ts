import type { Failure } from "../../defer/failure.ts";
import type { StreamProtocol } from "../../reactor/transport.ts";
import { ProtocolWrapper } from "./protocol-wrapper.ts";

/**
 * Tells when its connection begins and ends. It begins when it is made: a protocol that was built,
 * and whose connection then is not wanted by somebody further out, does not count for ever.
 */
export class CountingWrapper extends ProtocolWrapper {
  readonly #count: (change: 1 | -1) => void;

  constructor(protocol: StreamProtocol, count: (change: 1 | -1) => void) {
    super(protocol);
    this.#count = count;
  }

  override connectionMade(): void {
    this.#count(1);
  }

  override connectionLost(reason: Failure): void {
    this.#count(-1);
    super.connectionLost(reason);
  }
}
