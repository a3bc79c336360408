/** Why TLS did not come about, or ended. */
import { ConnectError } from "./errors.ts";

/** TLS failed; `reason` is the system's code for it, where there is one. */
export class TLSError extends ConnectError {
  override readonly name: string = "TLSError";
  override readonly code: string = "ERR_TLS";
  readonly reason: string | undefined;

  constructor(message: string, reason?: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The peer's certificate comes from an authority that is not believed. */
export class CertificateAuthorityError extends TLSError {
  override readonly name = "CertificateAuthorityError";
  override readonly code = "ERR_CERTIFICATE_AUTHORITY";
}

/** The peer's certificate is valid no longer, or not yet. */
export class CertificateDateError extends TLSError {
  override readonly name = "CertificateDateError";
  override readonly code = "ERR_CERTIFICATE_DATE";
}

/** The server's certificate is for other names than the one that was asked for. */
export class CertificateNameError extends TLSError {
  override readonly name = "CertificateNameError";
  override readonly code = "ERR_CERTIFICATE_NAME";
}

/** The peer has shown no certificate, though it must. */
export class CertificateMissingError extends TLSError {
  override readonly name = "CertificateMissingError";
  override readonly code = "ERR_CERTIFICATE_MISSING";
}

/** The peer does not accept this side's certificate, or wants one. */
export class CertificateRefusedError extends TLSError {
  override readonly name = "CertificateRefusedError";
  override readonly code = "ERR_CERTIFICATE_REFUSED";
}

/** The two sides have no version of TLS in common. */
export class TLSVersionError extends TLSError {
  override readonly name = "TLSVersionError";
  override readonly code = "ERR_TLS_VERSION";
}

/** The peer talks, but not TLS. */
export class NotTLSError extends TLSError {
  override readonly name = "NotTLSError";
  override readonly code = "ERR_NOT_TLS";
}
