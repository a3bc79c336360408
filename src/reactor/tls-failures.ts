/** The failures of TLS in words: the same on every backend. */
import {
  CertificateAuthorityError,
  CertificateDateError,
  CertificateMissingError,
  CertificateNameError,
  CertificateRefusedError,
  TLSError,
  TLSVersionError,
} from "./tls-errors.ts";

export type TLSFailure =
  | "authority"
  | "expired"
  | "not yet valid"
  | "name"
  | "missing"
  | "refused"
  | "version"
  | "protocol";

/**
 * @param detail what is more to be said.
 * @param reason the system's code.
 */
export function tlsFailure(
  failure: TLSFailure,
  peer: string,
  detail = "",
  reason?: string,
  options?: ErrorOptions,
): TLSError {
  const more = detail === "" ? "" : ` (${detail})`;
  switch (failure) {
    case "authority":
      return new CertificateAuthorityError(
        `the certificate of ${peer} comes from an authority that is not believed${more}; ` +
          "give its authority's certificate as trustRoot",
        reason,
        options,
      );
    case "expired":
      return new CertificateDateError(
        `the certificate of ${peer} has expired${more}; it has to be renewed there`,
        reason,
        options,
      );
    case "not yet valid":
      return new CertificateDateError(
        `the certificate of ${peer} is not valid yet${more}; compare the clocks`,
        reason,
        options,
      );
    case "name":
      return new CertificateNameError(
        `the certificate of ${peer} is for other names${more}; give the right one as serverName`,
        reason,
        options,
      );
    case "missing":
      return new CertificateMissingError(
        `${peer} has shown no certificate; it has to be given one`,
        reason,
        options,
      );
    case "refused":
      return new CertificateRefusedError(
        `${peer} does not accept this side's certificate, or wants one${more}; ` +
          "give a certificate and privateKey that it believes",
        reason,
        options,
      );
    case "version":
      return new TLSVersionError(
        `${peer} has no version of TLS in common with this side${more}; ` +
          "compare minVersion and maxVersion",
        reason,
        options,
      );
    case "protocol":
      return new TLSError(
        `${peer} has none of the acceptableProtocols in common with this side`,
        reason,
        options,
      );
  }
}
