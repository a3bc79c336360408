import { BadOptionError } from "../core/errors.ts";
import { Failure } from "../defer/failure.ts";
import { ClientFactory } from "../protocols/factory.ts";
import type { Reactor } from "../reactor/capabilities.ts";
import { ReactorNotRunningError } from "../reactor/errors.ts";
import type { Connector, Destination, StreamProtocol } from "../reactor/transport.ts";

/** What net.Socket's connect() takes, as far as it means something here. */
export interface ConnectTarget {
  readonly port?: number | string | undefined;
  /** `localhost` unless given. */
  readonly host?: string | null | undefined;
  /** Of a UNIX socket, in place of the others. */
  readonly path?: string | null | undefined;
}

/** Who wants a connection. */
interface Dialler {
  readonly socket: StreamProtocol;
  started(connector: Connector): void;
  failed(reason: Failure): void;
}

/** The first arguments of net.Socket's connect(). @throws BadOptionError */
export function parseTarget(target: number | string | ConnectTarget, host: unknown): Destination {
  if (typeof target === "object") return destination(target);
  // A port may be a text, as with node:net.
  if (typeof target === "string" && !/^\d+$/.test(target)) return destination({ path: target });
  return destination({ port: target, ...(typeof host === "string" && { host }) });
}

/** Begins to connect; nothing is told from inside this call but `started`. */
export function dial(reactor: Reactor<"tcp">, to: Destination, dialler: Dialler): void {
  class Dialling extends ClientFactory {
    override buildProtocol(): StreamProtocol {
      return dialler.socket;
    }
    override clientConnectionFailed(_connector: Connector, reason: Failure): void {
      dialler.failed(reason);
    }
  }
  try {
    const connector: Connector =
      "name" in to
        ? (reactor as Reactor<"tcp" | "unix">).connectUNIX(to.name, new Dialling())
        : reactor.connectTCP(to.host, to.port, new Dialling());
    dialler.started(connector);
  } catch (error) {
    // Whoever connects again and again learns of the end as of any other failure.
    if (!(error instanceof ReactorNotRunningError)) throw error;
    reactor.callFromThread(() => dialler.failed(new Failure(error)));
  }
}

function destination({ port, host, path }: ConnectTarget): Destination {
  if (typeof path === "string") return { type: "UNIX", name: path };
  if (port === undefined) throw new BadOptionError("connect() needs a port, or a path");
  return { host: host ?? "localhost", port: Number(port) };
}
