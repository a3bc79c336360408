/**
 * Certificates for tests, made by openssl when they are first asked for: for each, the files that
 * libuv reads, and what the clock is told that they say.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CertificateSource, SimulatedCertificate } from "skein/reactor";
import type { ContractCertificates } from "skein/testing";

const AUTHORITY = "Skein Test CA";
const NAMES = ["tea.example", "*.tea.example", "127.0.0.1", "::1"];
const DAY = 24 * 60 * 60;

interface Wanted {
  readonly subject: string;
  readonly names?: readonly string[];
  /** Which authority vouches for it. */
  readonly by?: "authority" | "stranger";
  readonly days?: number;
}

const WANTED: Readonly<Record<string, Wanted>> = {
  server: { subject: "tea.example", names: NAMES },
  other: { subject: "coffee.example", names: ["coffee.example"] },
  expired: { subject: "tea.example", names: NAMES, days: -1 },
  client: { subject: "guest" },
  stranger: { subject: "stranger", by: "stranger" },
};

export interface TestCertificates extends ContractCertificates {
  /** The directory with the files. */
  readonly directory: string;
}

let made: TestCertificates | undefined;

export function certificates(): TestCertificates {
  return (made ??= make());
}

function make(): TestCertificates {
  const directory = mkdtempSync(join(tmpdir(), "skein-certificates-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const path = (name: string): string => join(directory, name);
  const openssl = (...args: readonly string[]): void => {
    execFileSync("openssl", args, { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const simulated: Record<string, SimulatedCertificate> = {};

  for (const [name, subject] of [
    ["authority", AUTHORITY],
    ["stranger-authority", "Stranger CA"],
  ] as const) {
    const files = ["-keyout", `${name}.key`, "-out", `${name}.pem`];
    openssl("req", "-x509", ...key, ...files, "-subj", `/CN=${subject}`, "-days", "30");
    simulated[path(`${name}.pem`)] = { subject, issuer: subject };
  }
  for (const [name, wanted] of Object.entries(WANTED)) {
    const { subject, names = [subject], by = "authority", days = 30 } = wanted;
    const issuer = by === "authority" ? "authority" : "stranger-authority";
    const request = ["-keyout", `${name}.key`, "-out", `${name}.csr`];
    openssl("req", ...key, ...request, "-subj", `/CN=${subject}`);
    const kinds = names.map((known) => `${/^[\d.]+$|:/.test(known) ? "IP" : "DNS"}:${known}`);
    writeFileSync(path(`${name}.ext`), `subjectAltName=${kinds.join(",")}\n`);
    const signed = ["-CA", `${issuer}.pem`, "-CAkey", `${issuer}.key`, "-CAcreateserial"];
    const files = ["-in", `${name}.csr`, "-out", `${name}.pem`, "-extfile", `${name}.ext`];
    openssl("x509", "-req", ...files, ...signed, "-days", String(days));
    simulated[path(`${name}.pem`)] = {
      subject,
      names,
      issuer: by === "authority" ? AUTHORITY : "Stranger CA",
      notAfter: days * DAY,
    };
  }
  const source = (name: string): CertificateSource => ({
    certificate: path(`${name}.pem`),
    privateKey: path(`${name}.key`),
  });
  return {
    directory,
    trustRoot: path("authority.pem"),
    server: source("server"),
    other: source("other"),
    expired: source("expired"),
    client: source("client"),
    stranger: source("stranger"),
    simulated,
  };
}

/** What a file holds, for those who give text instead of paths. */
export function contents({ certificate, privateKey }: CertificateSource): CertificateSource {
  return {
    certificate: readFileSync(certificate, "utf8"),
    privateKey: readFileSync(privateKey, "utf8"),
  };
}
