import { BadOptionError } from "../core/errors.ts";
import type { CertificateSource, TLSClientOptions, TLSServerOptions } from "./tls.ts";

const HANDSHAKE_SECONDS = 30;

/** What is checked, and filled in, on every backend. @throws BadOptionError */
export function checkTLSOptions(options: TLSServerOptions | TLSClientOptions): {
  readonly handshakeTimeout: number;
} {
  const { handshakeTimeout = HANDSHAKE_SECONDS, acceptableProtocols = [] } = options;
  if (!(handshakeTimeout > 0 && handshakeTimeout < Infinity)) {
    throw new BadOptionError(
      `a handshakeTimeout must be a number of seconds over 0, not ${handshakeTimeout}`,
    );
  }
  if (acceptableProtocols.some((name) => name.length < 1 || name.length > 255)) {
    throw new BadOptionError("the names of acceptableProtocols have from 1 to 255 characters");
  }
  const { certificate, privateKey } = options;
  if ((certificate === undefined) !== (privateKey === undefined)) {
    throw new BadOptionError(
      "a certificate needs its privateKey, and a privateKey its certificate",
    );
  }
  if ("clientCertificate" in options) {
    const { clientCertificate = "none", trustRoot } = options;
    if (clientCertificate !== "none" && trustRoot === undefined) {
      throw new BadOptionError("clientCertificate needs a trustRoot to tell which are believed");
    }
  }
  return { handshakeTimeout };
}

/** The certificate for a name that a client asks for; `*.` stands for one label. */
export function sourceForName(
  serverNames: TLSServerOptions["serverNames"],
  name: string,
): CertificateSource | undefined {
  if (serverNames === undefined) return undefined;
  const wanted = name.toLowerCase();
  if (typeof serverNames === "function") return serverNames(wanted);
  for (const key of [wanted, wanted.replace(/^[^.]*/, "*")]) {
    const found = Object.keys(serverNames).find((known) => known.toLowerCase() === key);
    if (found !== undefined) return serverNames[found];
  }
  return undefined;
}
