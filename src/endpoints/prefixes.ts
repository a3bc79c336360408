import type { EndpointPrefix } from "./endpoint-parser.ts";
import { haproxyServer } from "./prefixes/haproxy.ts";
import { memoryClient, memoryServer } from "./prefixes/memory.ts";
import { processClient } from "./prefixes/process.ts";
import { stdio } from "./prefixes/stdio.ts";
import { systemdServer } from "./prefixes/systemd.ts";
import { tcp6Server, tcpClient, tcpServer } from "./prefixes/tcp.ts";
import { tlsClient, tlsServer } from "./prefixes/tls.ts";
import { udpDatagram } from "./prefixes/udp.ts";
import { unixClient, unixServer } from "./prefixes/unix.ts";

/** What every {@link EndpointParser} knows. To add a prefix is to add its line. */
export const builtInPrefixes: Readonly<Record<string, EndpointPrefix>> = {
  haproxy: { server: haproxyServer },
  memory: { server: memoryServer, client: memoryClient },
  process: { client: processClient },
  ssl: { server: tlsServer, client: tlsClient },
  stdio: { server: stdio, client: stdio },
  systemd: { server: systemdServer() },
  tcp: { server: tcpServer, client: tcpClient },
  tcp6: { server: tcp6Server },
  tls: { server: tlsServer, client: tlsClient },
  udp: { datagram: udpDatagram },
  unix: { server: unixServer, client: unixClient },
};
