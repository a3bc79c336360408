import assert from "node:assert/strict";
import { ConnectError } from "../../reactor/errors.ts";
import type { ListeningPort } from "../../reactor/transport.ts";
import type { ContractCase } from "./contract.ts";
import { connect, ProbeFactory } from "./probe.ts";

const BACKLOG = 2;
/** Linux gives one place more than asked for. */
const PLACES = BACKLOG + 1;
const CONNECTS = 6;

/** More connects at once than may wait to be accepted. */
export const backlogCases: readonly ContractCase<"tcp">[] = [
  {
    name: "backlog: who finds no place gets no answer, and is connected when the system asks again",
    needs: ["tcp"],
    async run(world) {
      const servers = new ProbeFactory();
      let port: ListeningPort | undefined;
      world.reactor
        .listenTCP(0, servers, { interface: "127.0.0.1", backlog: BACKLOG })
        .addCallback((opened) => (port = opened));
      await world.until("it listens", () => port !== undefined);
      const clients = Array.from({ length: CONNECTS }, () => new ProbeFactory());
      for (const client of clients) connect(world, (port as ListeningPort).getHost().port, client);
      const made = (): number => clients.filter(({ probes }) => probes.length === 1).length;
      await world.pass(0.5);
      // How many more than that depends on how soon the others come.
      assert.ok(made() >= PLACES && made() < CONNECTS);
      await world.until("all are connected", () => made() === CONNECTS);
      await world.until("all are accepted", () => servers.probes.length === CONNECTS);
      assert.ok(world.reactor.seconds() > 0.9);
    },
  },
];

/** On UNIX sockets there is no asking again. */
export const unixBacklogCases: readonly ContractCase<"unix">[] = [
  {
    name: "backlog: on a UNIX socket, who finds no place is refused at once",
    needs: ["unix"],
    async run(world) {
      const servers = new ProbeFactory();
      const name = "\0skein-contract-backlog";
      let listens = false;
      world.reactor
        .listenUNIX(name, servers, { backlog: BACKLOG })
        .addCallback(() => (listens = true));
      await world.until("it listens", () => listens);
      const clients = Array.from({ length: CONNECTS }, () => new ProbeFactory());
      for (const client of clients) world.reactor.connectUNIX(name, client);
      await world.until("all know", () =>
        clients.every(({ probes, failure }) => probes.length === 1 || failure !== undefined),
      );
      const failed = clients.flatMap(({ failure }) => failure ?? []);
      for (const failure of failed) {
        assert.ok(failure.check(ConnectError));
        assert.match((failure.value as Error).message, /EAGAIN/);
      }
      assert.ok(failed.length > 0 && failed.length <= CONNECTS - PLACES);
    },
  },
];
