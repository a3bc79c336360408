/**
 * A stand-in for TLS on virtual time: the same steps and failures, in plain text. Certificates are
 * what `ClockOptions.certificates` says about them. It talks in records like TLS 1.3, so that
 * what goes wrong between the ends (other text in between, a stream that is cut short) does here.
 */
import { concat, copyOf } from "../../../core/bytes.ts";
import { BadOptionError } from "../../../core/errors.ts";
import type { SimulatedCertificate } from "../../simulation.ts";
import { TLSError } from "../../tls-errors.ts";
import { type TLSFailure, tlsFailure } from "../../tls-failures.ts";
import { checkTLSOptions, sourceForName } from "../../tls-options.ts";
import type {
  CertificateSource,
  PeerCertificate,
  TLSClientOptions,
  TLSContext,
  TLSEngine,
  TLSEvents,
  TLSProvider,
  TLSServerOptions,
  TLSSession,
  TLSVersion,
} from "../../tls.ts";
import { matchesName } from "./matches-name.ts";

const ALERT = 21;
const HANDSHAKE = 22;
const DATA = 23;
/** A record: its kind, the version that all of them name, the length of what follows. */
const HEADER_BYTES = 5;
const RECORD_BYTES_MAX = 16_384;
const VERSIONS: readonly TLSVersion[] = ["TLSv1.2", "TLSv1.3"];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface MemoryTLSOptions {
  readonly certificates: Readonly<Record<string, SimulatedCertificate>>;
  readonly now: () => number;
  readonly later: (action: () => void) => void;
}

/** What the sides say to one another. */
interface Hello {
  readonly versions: readonly TLSVersion[];
  readonly protocols: readonly string[];
  readonly serverName: string;
}
interface ServerHello {
  readonly protocol?: string;
  readonly certificate: SimulatedCertificate;
}
interface Finished {
  readonly certificate?: SimulatedCertificate;
}
type Alert = "close" | Extract<TLSFailure, "refused" | "version" | "protocol">;

export class MemoryTLS implements TLSProvider {
  readonly #options: MemoryTLSOptions;

  constructor(options: MemoryTLSOptions) {
    this.#options = options;
  }

  server(options: TLSServerOptions): TLSContext {
    const { handshakeTimeout } = checkTLSOptions(options);
    const { clientCertificate = "none", serverNames } = options;
    const own = this.#find("certificate", options.certificate);
    const certificateFor = (name: string): SimulatedCertificate => {
      const source: CertificateSource | undefined = sourceForName(serverNames, name);
      return source === undefined ? own : this.#find("certificate", source.certificate);
    };
    if (typeof serverNames === "object") Object.keys(serverNames).forEach(certificateFor);
    const roots = this.#roots(options);
    return {
      handshakeTimeout,
      open: (events, peer) =>
        new ServerEngine(events, this.#options, peer, {
          versions: versionsOf(options),
          protocols: options.acceptableProtocols ?? [],
          certificateFor,
          clientCertificate,
          roots: roots ?? [],
        }),
    };
  }

  client(options: TLSClientOptions & { readonly serverName: string }): TLSContext {
    const { handshakeTimeout } = checkTLSOptions(options);
    const { certificate, serverName, verify = true } = options;
    const own = certificate === undefined ? undefined : this.#find("certificate", certificate);
    const roots = this.#roots(options);
    const { acceptableProtocols: protocols = [] } = options;
    return {
      handshakeTimeout,
      open: (events, peer) =>
        new ClientEngine(events, this.#options, peer, {
          hello: { versions: versionsOf(options), protocols, serverName },
          certificate: own,
          verify,
          roots,
        }),
    };
  }

  #find(option: string, given: string): SimulatedCertificate {
    const found = this.#options.certificates[given];
    if (found !== undefined) return found;
    throw new BadOptionError(
      `${option}: there is no simulated certificate ${JSON.stringify(given)}; describe it by the ` +
        'option "certificates" of the clock',
    );
  }

  #roots({ trustRoot }: TLSServerOptions | TLSClientOptions): readonly string[] | undefined {
    if (trustRoot === undefined) return undefined;
    return [trustRoot].flat().map((root) => this.#find("trustRoot", root).subject);
  }
}

abstract class MemoryEngine implements TLSEngine {
  protected readonly events: TLSEvents;
  protected readonly peer: string;
  readonly #options: MemoryTLSOptions;
  #received: Uint8Array = new Uint8Array(0);
  /** Written before the handshake has ended. */
  #waiting: Uint8Array[] = [];
  #secured = false;
  #reading = false;
  #ending = false;
  #wireEnded = false;
  #peerEnded = false;
  #over = false;

  constructor(events: TLSEvents, options: MemoryTLSOptions, peer: string) {
    this.events = events;
    this.peer = peer;
    this.#options = options;
  }

  /** A message of the handshake, or one that comes when it has ended. */
  protected abstract heard(message: unknown): void;

  receive(bytes: Uint8Array): void {
    this.#received = concat([this.#received, bytes]);
    this.#work();
  }

  receiveEnd(): void {
    this.#wireEnded = true;
    this.#work();
  }

  write(bytes: Uint8Array): void {
    if (this.#secured) this.#sendRecords(DATA, bytes);
    else this.#waiting.push(bytes);
  }

  end(): void {
    this.#ending = true;
    if (this.#secured) this.#endNow();
  }

  setReading(enabled: boolean): void {
    this.#reading = enabled;
    if (enabled) this.#options.later(() => this.#work());
  }

  get bufferedBytes(): number {
    return this.#waiting.reduce((sum, bytes) => sum + bytes.length, 0);
  }

  destroy(): void {
    this.#over = true;
    this.#waiting = [];
  }

  protected send(message: unknown): void {
    this.#sendRecords(HANDSHAKE, encoder.encode(JSON.stringify(message)));
  }

  protected alert(alert: Alert): void {
    this.#sendRecords(ALERT, encoder.encode(alert));
  }

  protected completed(session: TLSSession): void {
    this.#secured = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const bytes of waiting) this.#sendRecords(DATA, bytes);
    this.events.secured(session);
    if (this.#ending && !this.#over) this.#endNow();
  }

  /** What is wrong with a certificate, in the order in which OpenSSL looks. */
  protected judge(
    certificate: SimulatedCertificate,
    roots: readonly string[] | undefined,
    name?: string,
  ): TLSError | undefined {
    const { subject, names = [subject], issuer, notBefore = -Infinity } = certificate;
    const { notAfter = Infinity } = certificate;
    const believed = roots === undefined ? issuer === undefined : roots.includes(issuer ?? "");
    if (!believed) return tlsFailure("authority", this.peer, issuer);
    const now = this.#options.now();
    if (now < notBefore) return tlsFailure("not yet valid", this.peer);
    if (now > notAfter) return tlsFailure("expired", this.peer);
    if (name === undefined || names.some((known) => matchesName(known, name))) return undefined;
    return tlsFailure("name", this.peer, `${names.join(", ")}; not ${name}`);
  }

  #endNow(): void {
    this.alert("close");
    this.#options.later(() => {
      if (!this.#over) this.events.flushed();
    });
  }

  #sendRecords(kind: number, payload: Uint8Array): void {
    for (let at = 0; at < payload.length; at += RECORD_BYTES_MAX) {
      const part = payload.subarray(at, at + RECORD_BYTES_MAX);
      const header = Uint8Array.of(kind, 3, 3, part.length >> 8, part.length & 255);
      this.events.send(concat([header, part]));
    }
  }

  #work(): void {
    while (!this.#over && (this.#reading || !this.#secured) && this.#workOne());
    if (this.#over || !this.#wireEnded || this.#peerEnded) return;
    if (this.#reading || !this.#secured) this.events.truncated();
  }

  #workOne(): boolean {
    const bytes = this.#received;
    if (bytes.length < HEADER_BYTES) return false;
    const [kind, , , high, low] = bytes as Uint8Array & [number, number, number, number, number];
    const length = HEADER_BYTES + (high << 8) + low;
    const known = kind === DATA || kind === HANDSHAKE || kind === ALERT;
    if (!known || bytes[1] !== 3) {
      this.events.failed(new TLSError(`TLS with ${this.peer} failed: there is other text in it`));
      return false;
    }
    if (bytes.length < length) return false;
    this.#received = bytes.subarray(length);
    const payload = bytes.subarray(HEADER_BYTES, length);
    if (kind === DATA) this.events.data(copyOf(payload));
    else if (kind === ALERT) this.#alerted(decoder.decode(payload) as Alert);
    else this.#heard(payload);
    return true;
  }

  #heard(payload: Uint8Array): void {
    let message: unknown;
    try {
      message = JSON.parse(decoder.decode(payload));
    } catch (error) {
      this.events.failed(
        new TLSError(`TLS with ${this.peer} failed: it is not simulated TLS`, undefined, {
          cause: error,
        }),
      );
      return;
    }
    this.heard(message);
  }

  #alerted(alert: Alert): void {
    if (alert !== "close") {
      this.events.failed(tlsFailure(alert, this.peer));
      return;
    }
    this.#peerEnded = true;
    this.events.ended();
  }
}

interface ClientSide {
  readonly hello: Hello;
  readonly certificate: SimulatedCertificate | undefined;
  readonly verify: boolean;
  readonly roots: readonly string[] | undefined;
}

class ClientEngine extends MemoryEngine {
  readonly #side: ClientSide;

  constructor(events: TLSEvents, options: MemoryTLSOptions, peer: string, side: ClientSide) {
    super(events, options, peer);
    this.#side = side;
    this.send(side.hello);
  }

  protected override heard(message: unknown): void {
    const { protocol, certificate } = message as ServerHello;
    const { hello, roots, verify } = this.#side;
    const wrong = verify ? this.judge(certificate, roots, hello.serverName) : undefined;
    if (wrong !== undefined) {
      this.events.failed(wrong);
      return;
    }
    const own = this.#side.certificate;
    const finished: Finished = own === undefined ? {} : { certificate: own };
    this.send(finished);
    const peerCertificate = described(certificate);
    // The server may still find fault with what it gets: that ends the connection later.
    this.completed({ protocol, peerCertificate, serverName: undefined });
  }
}

interface ServerSide {
  readonly versions: readonly TLSVersion[];
  readonly protocols: readonly string[];
  readonly certificateFor: (name: string) => SimulatedCertificate;
  readonly clientCertificate: "none" | "optional" | "required";
  readonly roots: readonly string[];
}

class ServerEngine extends MemoryEngine {
  readonly #side: ServerSide;
  #hello: Hello | undefined = undefined;
  #protocol: string | undefined = undefined;

  constructor(events: TLSEvents, options: MemoryTLSOptions, peer: string, side: ServerSide) {
    super(events, options, peer);
    this.#side = side;
  }

  protected override heard(message: unknown): void {
    if (this.#hello === undefined) this.#greeted(message as Hello);
    else this.#finished(this.#hello, message as Finished);
  }

  #greeted(hello: Hello): void {
    const { versions, protocols, certificateFor } = this.#side;
    this.#hello = hello;
    if (!hello.versions.some((version) => versions.includes(version))) {
      this.#refuse("version");
      return;
    }
    const negotiated = protocols.length > 0 && hello.protocols.length > 0;
    const protocol = negotiated
      ? protocols.find((name) => hello.protocols.includes(name))
      : undefined;
    if (negotiated && protocol === undefined) {
      this.#refuse("protocol");
      return;
    }
    this.#protocol = protocol;
    const certificate = certificateFor(hello.serverName);
    const answer: ServerHello = { certificate, ...(protocol !== undefined && { protocol }) };
    this.send(answer);
  }

  #finished(hello: Hello, { certificate }: Finished): void {
    const { clientCertificate, roots } = this.#side;
    const asked = clientCertificate !== "none";
    if (clientCertificate === "required" && certificate === undefined) {
      this.alert("refused");
      this.events.failed(tlsFailure("missing", this.peer));
      return;
    }
    const shown = asked ? certificate : undefined;
    const wrong = shown && this.judge(shown, roots);
    if (wrong !== undefined) {
      this.events.failed(wrong);
      return;
    }
    this.completed({
      protocol: this.#protocol,
      peerCertificate: shown && described(shown),
      serverName: /^[\d.]+$|:/.test(hello.serverName) ? undefined : hello.serverName,
    });
  }

  #refuse(failure: "version" | "protocol"): void {
    this.alert(failure);
    this.events.failed(tlsFailure(failure, this.peer));
  }
}

function versionsOf(options: TLSServerOptions | TLSClientOptions): readonly TLSVersion[] {
  const { minVersion = "TLSv1.2", maxVersion = "TLSv1.3" } = options;
  return VERSIONS.filter((version) => version >= minVersion && version <= maxVersion);
}

function described(certificate: SimulatedCertificate): PeerCertificate {
  const { subject, names = [subject], issuer = "", notBefore = -Infinity } = certificate;
  return { subject, issuer, names, notBefore, notAfter: certificate.notAfter ?? Infinity };
}
