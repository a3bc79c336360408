import { BadOptionError } from "../core/errors.ts";
import type { ListenOptions, UNIXListenOptions } from "./capabilities.ts";
import type {
  AddressFamily,
  AdoptRequest,
  ListenRequest,
  TCPListenRequest,
  UNIXListenRequest,
} from "./stream-driver.ts";
import type { ClientProtocolFactory, ProtocolFactory } from "./transport.ts";
import { assertUNIXName, textOf } from "./unix-name.ts";

const BACKLOG = 50;
const ANY_HOST = "0.0.0.0";
/** Everybody may connect who may enter the directory, as in Twisted. */
const UNIX_MODE = 0o666;
const FAMILIES: readonly AddressFamily[] = ["INET", "INET6", "UNIX"];

/** What users ask for, checked. */
export function listenTCPRequest(port: number, options: ListenOptions): TCPListenRequest {
  const { interface: host = ANY_HOST, backlog = BACKLOG } = options;
  assertPort(port, 0);
  return { kind: "tcp", host, port, backlog };
}

export function listenUNIXRequest(name: string, options: UNIXListenOptions): UNIXListenRequest {
  const { mode = UNIX_MODE, backlog = BACKLOG } = options;
  assertUNIXName(name);
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o777) {
    return { kind: "unix", name, mode, backlog };
  }
  throw new BadOptionError(`a mode is a number from 0 to 0o777, not ${mode}`);
}

export function adoptRequest(descriptor: number, family: AddressFamily): AdoptRequest {
  if (!Number.isInteger(descriptor) || descriptor < 0) {
    throw new BadOptionError(`${descriptor} is not a descriptor (a whole number from 0)`);
  }
  if (FAMILIES.includes(family)) return { kind: "adopted", descriptor, family };
  throw new BadOptionError(`"${family}" is not one of ${FAMILIES.join(", ")}`);
}

export function assertPort(port: number, least: number): void {
  if (Number.isInteger(port) && port >= least && port <= 65535) return;
  throw new BadOptionError(`${shown(port)} is not a port (a whole number from ${least} to 65535)`);
}

/** The compiler knows it; in JavaScript a protocol's class is easily passed in its place. */
export function assertFactory(factory: ProtocolFactory): void {
  if (typeof (factory as Partial<ProtocolFactory> | undefined)?.buildProtocol === "function")
    return;
  throw new TypeError(
    "connections need a factory, an object with buildProtocol(); " +
      "Factory.forProtocol(YourProtocol) makes one",
  );
}

/** The same, of a factory for outgoing connections. */
export function assertClientFactory(factory: ClientProtocolFactory): void {
  assertFactory(factory);
  if (typeof (factory as Partial<ClientProtocolFactory>).startedConnecting === "function") return;
  throw new TypeError(
    "outgoing connections need a client factory; " +
      "ClientFactory.forProtocol(YourProtocol) makes one",
  );
}

export function assertTimeout(timeout: number): void {
  if (timeout > 0 && timeout < Infinity) return;
  throw new BadOptionError(`a timeout must be a number of seconds over 0, not ${timeout}`);
}

/** A text in quotes, so that "80" is seen not to be 80. */
function shown(port: unknown): string {
  return typeof port === "string" ? JSON.stringify(port) : String(port);
}

/** For people. */
export function whereOf(request: ListenRequest): string {
  return request.kind === "adopted" ? `descriptor ${request.descriptor}` : textOf(request);
}
