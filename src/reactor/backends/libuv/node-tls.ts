/** TLS by node:tls, over bytes instead of sockets. */
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { Duplex } from "node:stream";
import tls from "node:tls";
import { BadOptionError, messageOf } from "../../../core/errors.ts";
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
} from "../../tls.ts";
import { tlsError } from "./node-tls-errors.ts";

/** Makes the TLSSocket of one connection. */
type Open = (wire: Duplex) => tls.TLSSocket;

/** The way to learn what became of a client's certificate: TLSSocket has it for clients only. */
interface Verified {
  readonly ssl: { verifyError(): NodeJS.ErrnoException | null };
}

export class NodeTLS implements TLSProvider {
  server(options: TLSServerOptions): TLSContext {
    const { clientCertificate = "none", serverNames } = options;
    const { handshakeTimeout } = checkTLSOptions(options);
    const common = contextOptions(options);
    const secureContext = createContext({ ...common, ...readSource(options) });
    const contexts = new Map<CertificateSource, tls.SecureContext>();
    const contextFor = (name: string): tls.SecureContext => {
      const source = sourceForName(serverNames, name);
      if (source === undefined) return secureContext;
      let found = contexts.get(source);
      if (found === undefined) {
        found = createContext({ ...common, ...readSource(source) });
        // A function may make a new source for every name that clients ask for.
        if (typeof serverNames === "object") contexts.set(source, found);
      }
      return found;
    };
    // Whether all the names' files can be read shows at once, and not with the first client.
    if (typeof serverNames === "object") Object.keys(serverNames).forEach(contextFor);
    const required = clientCertificate === "required";
    const open: Open = (wire) =>
      new tls.TLSSocket(wire, {
        isServer: true,
        secureContext,
        requestCert: clientCertificate !== "none",
        rejectUnauthorized: required,
        ...alpn(options.acceptableProtocols),
        SNICallback: (name, done) => {
          try {
            done(null, contextFor(name));
          } catch (error) {
            done(error as Error);
          }
        },
      });
    return context(open, handshakeTimeout, "secure", clientCertificate !== "none");
  }

  client(options: TLSClientOptions & { readonly serverName: string }): TLSContext {
    const { serverName, verify = true } = options;
    const { handshakeTimeout } = checkTLSOptions(options);
    const secureContext = createContext({
      ...contextOptions(options),
      ...(options.certificate !== undefined && readSource(options as CertificateSource)),
    });
    const open: Open = (wire) =>
      tls.connect({
        socket: wire,
        secureContext,
        rejectUnauthorized: verify,
        // Addresses are not asked for by SNI, but they are verified.
        ...(isIP(serverName) === 0 ? { servername: serverName } : { host: serverName }),
        ...alpn(options.acceptableProtocols),
      });
    return context(open, handshakeTimeout, "secureConnect", false);
  }
}

function context(
  open: Open,
  handshakeTimeout: number,
  secureEvent: "secure" | "secureConnect",
  asks: boolean,
): TLSContext {
  return {
    handshakeTimeout,
    open: (events, peer) => new NodeEngine(open, events, { peer, secureEvent, asks }),
  };
}

interface EngineOptions {
  readonly peer: string;
  readonly secureEvent: "secure" | "secureConnect";
  /** Whether this is a server that asks for certificates. */
  readonly asks: boolean;
}

class NodeEngine implements TLSEngine {
  readonly #events: TLSEvents;
  readonly #options: EngineOptions;
  readonly #wire: Duplex;
  readonly #socket: tls.TLSSocket;
  #secured = false;
  #reading = false;
  /** This side's direction is to end. */
  #ending = false;
  #wireEnded = false;
  /** The peer has ended TLS. */
  #ended = false;
  #over = false;

  constructor(open: Open, events: TLSEvents, options: EngineOptions) {
    this.#events = events;
    this.#options = options;
    this.#wire = new Duplex({
      read() {},
      write: (bytes: Buffer, _encoding, done) => {
        if (!this.#over) events.send(bytes);
        done();
      },
      final: (done) => done(),
    });
    const socket = (this.#socket = open(this.#wire));
    socket.on(options.secureEvent, () => this.#handshakeDone());
    socket.on("data", (bytes: Buffer) => {
      if (!this.#over) events.data(bytes);
      this.#checkEnd();
    });
    socket.on("end", () => {
      this.#ended = true;
      if (!this.#over) events.ended();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (!this.#over) events.failed(tlsError(error, options.peer));
    });
    socket.pause();
  }

  receive(bytes: Uint8Array): void {
    this.#wire.push(bytes);
  }

  receiveEnd(): void {
    this.#wireEnded = true;
    this.#checkEnd();
  }

  write(bytes: Uint8Array): void {
    // Node's TLS over a stream can fail an assertion of its own after an empty write.
    if (bytes.length > 0) this.#socket.write(bytes);
  }

  end(): void {
    this.#ending = true;
    if (this.#secured) this.#endSoon();
  }

  setReading(enabled: boolean): void {
    this.#reading = enabled;
    if (enabled) {
      this.#socket.resume();
      this.#checkEnd();
    } else if (this.#secured) {
      this.#socket.pause();
    }
  }

  get bufferedBytes(): number {
    return this.#over ? 0 : this.#socket.writableLength;
  }

  destroy(): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.destroy();
    this.#wire.destroy();
  }

  /**
   * Not at once: to end TLS while bytes of the peer are being taken in makes OpenSSL drop those of
   * them that it has not handed on yet.
   */
  #endSoon(): void {
    setImmediate(() => {
      if (this.#over) return;
      this.#socket.end(() => {
        if (!this.#over) this.#events.flushed();
      });
    });
  }

  /** The wire's end was not handed on: after it there is an end of TLS, or the rest is missing. */
  #checkEnd(): void {
    if (!this.#wireEnded || this.#over) return;
    setImmediate(() => {
      if (this.#over || this.#ended) return;
      const unread = this.#wire.readableLength + this.#socket.readableLength;
      if (unread === 0 || !this.#secured) this.#events.truncated();
      else if (this.#reading) this.#checkEnd();
    });
  }

  #handshakeDone(): void {
    if (this.#over) return;
    const { asks, peer } = this.#options;
    const peerCertificate = certificateOf(this.#socket);
    if (asks && peerCertificate !== undefined) {
      const error = (this.#socket as unknown as Verified).ssl.verifyError();
      if (error !== null && error !== undefined) {
        this.#events.failed(tlsError(error, peer));
        return;
      }
    }
    this.#secured = true;
    if (this.#ending) this.#endSoon();
    const { alpnProtocol } = this.#socket;
    const servername: unknown = Reflect.get(this.#socket, "servername");
    const session: TLSSession = {
      protocol: typeof alpnProtocol === "string" ? alpnProtocol : undefined,
      peerCertificate,
      serverName: typeof servername === "string" ? servername : undefined,
    };
    this.#events.secured(session);
  }
}

function certificateOf(socket: tls.TLSSocket): PeerCertificate | undefined {
  const found = socket.getPeerX509Certificate();
  if (found === undefined) return undefined;
  const names = (found.subjectAltName ?? "").split(", ").filter((name) => name !== "");
  return {
    subject: commonName(found.subject),
    issuer: commonName(found.issuer),
    names: names.map((name) => name.replace(/^(?:DNS|IP Address|URI|email):/, "")),
    notBefore: Date.parse(found.validFrom) / 1000,
    notAfter: Date.parse(found.validTo) / 1000,
  };
}

function commonName(distinguishedName: string | undefined): string {
  return /^CN=(.*)$/m.exec(distinguishedName ?? "")?.[1] ?? "";
}

function contextOptions(options: TLSServerOptions | TLSClientOptions): tls.SecureContextOptions {
  const { trustRoot, minVersion = "TLSv1.2", maxVersion = "TLSv1.3" } = options;
  return {
    minVersion,
    maxVersion,
    ...(trustRoot !== undefined && {
      ca: [trustRoot].flat().map((root) => pem("trustRoot", root)),
    }),
  };
}

function readSource({ certificate, privateKey, passphrase }: CertificateSource): {
  cert: string;
  key: string;
  passphrase?: string;
} {
  return {
    cert: pem("certificate", certificate),
    key: pem("privateKey", privateKey),
    ...(passphrase !== undefined && { passphrase }),
  };
}

/** PEM text as it is; anything else is the path of a file with it. */
function pem(option: string, given: string): string {
  if (given.includes("-----BEGIN ")) return given;
  if (!existsSync(given)) {
    throw new BadOptionError(`${option}: there is no file ${given}, and it is no PEM text`);
  }
  try {
    return readFileSync(given, "utf8");
  } catch (error) {
    throw new BadOptionError(`${option}: cannot read ${given}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function createContext(options: tls.SecureContextOptions): tls.SecureContext {
  try {
    return tls.createSecureContext(options);
  } catch (error) {
    throw new BadOptionError(
      `the certificate and the private key cannot be used: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

/** The names as TLS has them on the wire: each behind its length. */
function alpn(protocols: readonly string[] | undefined): { ALPNProtocols?: Uint8Array } {
  if (protocols === undefined || protocols.length === 0) return {};
  const encoded = protocols.map((name) => Buffer.from(name));
  return {
    ALPNProtocols: Buffer.concat(encoded.flatMap((name) => [Buffer.of(name.length), name])),
  };
}
