// First: libraries take functions of Node's when they are loaded.
import { bridged } from "../support/bridged.ts";
import pg from "pg";
import { ReactorSocket } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { postgresServer } from "../support/postgres-server.ts";
import { failureOf } from "../support/processes.ts";

interface Passwords {
  readonly wanted?: string;
  readonly given?: string;
}

async function open(
  reactor: Reactor<"tcp">,
  { wanted, given }: Passwords = {},
): Promise<pg.Client> {
  const port = await reactor.listenTCP(0, postgresServer(wanted));
  const client = new pg.Client({
    stream: () => new ReactorSocket(reactor),
    host: "127.0.0.1",
    port: port.getHost().port,
    user: "ada",
    database: "tea",
    ...(given !== undefined && { password: given }),
  });
  await client.connect();
  return client;
}

describe("pg over the bridge", () => {
  bridged(
    "asks, one question after another",
    async (reactor) => {
      const client = await open(reactor);
      const queries = ["select one", "select two"].map((query) => client.query(query));
      const rows = (await Promise.all(queries)).map((result) => JSON.stringify(result.rows));
      await client.end();
      return rows;
    },
    ['[{"text":"SELECT ONE"}]', '[{"text":"SELECT TWO"}]'],
  );

  bridged(
    "goes on after an error",
    async (reactor) => {
      const client = await open(reactor);
      let message = "";
      await client.query("bad").catch((error: unknown) => {
        ({ message } = error as Error);
      });
      const { rowCount } = await client.query("select");
      await client.end();
      return [message, String(rowCount)];
    },
    ["syntax error", "1"],
  );

  bridged(
    "authenticates by SCRAM-SHA-256",
    async (reactor) => {
      const client = await open(reactor, { wanted: "two cups", given: "two cups" });
      const { rows } = await client.query("select");
      await client.end();
      return [JSON.stringify(rows)];
    },
    ['[{"text":"SELECT"}]'],
    { webCrypto: true },
  );

  bridged(
    "is refused with a wrong password",
    async (reactor) => {
      const error = await failureOf(open(reactor, { wanted: "two cups", given: "coffee" }));
      return [(error as { code: string }).code];
    },
    ["28P01"],
    { webCrypto: true },
  );
});
