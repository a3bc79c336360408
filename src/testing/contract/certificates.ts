import type { SimulatedCertificate } from "../../reactor/simulation.ts";
import type { CertificateSource } from "../../reactor/tls.ts";

/** The certificates that the cases about TLS need; a backend's test makes them, or has them. */
export interface ContractCertificates {
  /** The authority of all but `stranger`. */
  readonly trustRoot: string;
  /** For tea.example, *.tea.example, 127.0.0.1 and ::1. */
  readonly server: CertificateSource;
  /** For coffee.example. */
  readonly other: CertificateSource;
  /** As `server`'s, but expired. */
  readonly expired: CertificateSource;
  /** A client's, whose subject is guest. */
  readonly client: CertificateSource;
  /** A client's, of an authority that nobody knows. */
  readonly stranger: CertificateSource;
  /** The same as data, for the option `certificates` of the clock. */
  readonly simulated: Readonly<Record<string, SimulatedCertificate>>;
}
