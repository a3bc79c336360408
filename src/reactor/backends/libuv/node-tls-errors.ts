import { TLSError } from "../../tls-errors.ts";
import { type TLSFailure, tlsFailure } from "../../tls-failures.ts";

/** What the codes of Node and OpenSSL mean; the first that matches counts. */
const MEANINGS: readonly (readonly [RegExp, TLSFailure])[] = [
  [/^ERR_TLS_CERT_ALTNAME/, "name"],
  [/^CERT_HAS_EXPIRED$|^CRL_HAS_EXPIRED$/, "expired"],
  [/^CERT_NOT_YET_VALID$/, "not yet valid"],
  [/DID_NOT_RETURN_A_CERTIFICATE/, "missing"],
  [/ALERT_(?:CERTIFICATE|UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE)/, "refused"],
  [/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|WRONG_VERSION|VERSION_TOO/, "version"],
  [/NO_APPLICATION_PROTOCOL/, "protocol"],
  [/^(?:UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT_|INVALID_CA|INVALID_PURPOSE)/, "authority"],
];

/** An error of node:tls, in skein's words. */
export function tlsError(error: NodeJS.ErrnoException, peer: string): TLSError {
  const { code = "" } = error;
  const failure = MEANINGS.find(([pattern]) => pattern.test(code))?.[1];
  // The messages of OpenSSL's own errors are for its authors; those of Node say more.
  const detail = code.startsWith("ERR_SSL_") ? code : error.message;
  if (failure !== undefined) return tlsFailure(failure, peer, detail, code, { cause: error });
  return new TLSError(`TLS with ${peer} failed: ${detail}`, code, { cause: error });
}
