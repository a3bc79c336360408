/** Every kind of endpoint that both listens and connects, for tests by the same cases. */
import { join } from "node:path";
import {
  type ClientEndpoint,
  clientFromString,
  quoteStringArgument,
  type ServerEndpoint,
  serverFromString,
  wrapClientTLS,
  wrapServerTLS,
} from "skein/endpoints";
import type { backends, ReactorOn, StreamAddress } from "skein/reactor";
import { certificates } from "./certificates.ts";

export type AnyReactor = ReactorOn<typeof backends.libuv>;

export interface EndpointPlace {
  readonly server: ServerEndpoint;
  /** Where one that listens can be connected to. */
  readonly client: (listening: StreamAddress) => ClientEndpoint;
}

export interface Scene {
  readonly reactor: AnyReactor;
  /** A directory for sockets. */
  readonly directory: string;
}

const portOf = (address: StreamAddress): number => (address.type === "TCP" ? address.port : 0);

/** One that listens with one string, and connects with another. */
const byStrings =
  (server: string, client: string) =>
  ({ reactor, directory }: Scene): EndpointPlace => {
    const filled = (text: string, port: number): string =>
      text.replaceAll("PORT", String(port)).replaceAll("DIR", quoteStringArgument(directory));
    return {
      server: serverFromString(reactor, filled(server, 0)),
      client: (address) => clientFromString(reactor, filled(client, portOf(address))),
    };
  };

const tls = certificates();
const path = (file: string): string => quoteStringArgument(join(tls.directory, file));
const keys = `privateKey=${path("server.key")}:certKey=${path("server.pem")}`;
const roots = `trustRoots=${path("authority.pem")}`;

export const ENDPOINT_KINDS: Readonly<Record<string, (scene: Scene) => EndpointPlace>> = {
  tcp: byStrings("tcp:PORT:interface=127.0.0.1", "tcp:127.0.0.1:PORT"),
  "tcp, by a name": byStrings("tcp:PORT:interface=127.0.0.1", "tcp:localhost:PORT:timeout=5"),
  tcp6: byStrings("tcp6:PORT", String.raw`tcp:127.0.0.1:PORT:bindAddress=127.0.0.1`),
  unix: byStrings("unix:DIR/tea.sock:mode=600", "unix:DIR/tea.sock"),
  memory: byStrings("memory:tea", "memory:tea"),
  ssl: byStrings(`ssl:PORT:${keys}:interface=127.0.0.1`, `ssl:127.0.0.1:PORT:${roots}`),
  "tls, by a name": byStrings(
    `tls:PORT:${keys}`,
    `tls:localhost:PORT:${roots}:serverName=tea.example`,
  ),
  "tls over memory": byStrings(
    String.raw`tls:${keys}:endpoint=memory\:tea`,
    String.raw`tls:tea.example:443:${roots}:endpoint=memory\:tea`,
  ),
  "tls over unix, as classes": (scene) => {
    const { server, client } = byStrings("unix:DIR/tea.sock", "unix:DIR/tea.sock")(scene);
    const { trustRoot } = tls;
    return {
      server: wrapServerTLS(scene.reactor, tls.server, server),
      client: (address) => wrapClientTLS({ trustRoot, serverName: "tea.example" }, client(address)),
    };
  },
};
