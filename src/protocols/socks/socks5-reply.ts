import { TimeoutError } from "../../defer/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import { FailureGroup } from "../../defer/race.ts";
import { ConnectionRefusedError, UnknownHostError } from "../../reactor/errors.ts";
import { SOCKSError } from "../errors.ts";
import { REPLY } from "./socks5-wire.ts";

/** By the system's code. */
const BY_SYSTEM: Readonly<Record<string, number>> = {
  ENETUNREACH: REPLY.NETWORK_UNREACHABLE,
  EHOSTUNREACH: REPLY.HOST_UNREACHABLE,
  EADDRNOTAVAIL: REPLY.HOST_UNREACHABLE,
  ETIMEDOUT: REPLY.EXPIRED,
};

/** What a client is told of why there is no connection. */
export function replyFor({ value }: Failure): number {
  if (value instanceof FailureGroup) {
    // The address that is meant before all others.
    const [first] = value.failures;
    return first === undefined ? REPLY.FAILED : replyFor(first);
  }
  if (value instanceof SOCKSError) return value.reply ?? REPLY.FAILED;
  if (value instanceof ConnectionRefusedError) return REPLY.REFUSED;
  if (value instanceof UnknownHostError) return REPLY.HOST_UNREACHABLE;
  if (value instanceof TimeoutError) return REPLY.EXPIRED;
  const { cause } = value as { cause?: { code?: string } };
  return BY_SYSTEM[cause?.code ?? ""] ?? REPLY.FAILED;
}
