import { expect } from "chai";
import pg from "pg";
import { ReactorSocket } from "skein/interop";
import type { Reactor } from "skein/reactor";
import { emitted } from "../support/emitted.ts";
import { failureOf } from "../support/processes.ts";
import { PASSWORD, postgres } from "./servers.ts";
import { LARGE, withServer } from "./with-server.ts";

function newClient(reactor: Reactor<"tcp">, port: number, more: object = {}): pg.Client {
  return new pg.Client({
    stream: () => new ReactorSocket(reactor),
    host: "127.0.0.1",
    port,
    user: "ada",
    password: PASSWORD,
    database: "tea",
    ...more,
  });
}

async function connect(
  reactor: Reactor<"tcp">,
  port: number,
  more: object = {},
): Promise<pg.Client> {
  const client = newClient(reactor, port, more);
  await client.connect();
  return client;
}

withServer("pg over the bridge, to PostgreSQL", postgres, (test) => {
  test("authenticates by SCRAM-SHA-256, asks and quits", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    const { rows } = await client.query("SHOW password_encryption");
    const { rows: users } = await client.query("SELECT current_user AS name");
    await client.end();
    expect([rows, users]).to.deep.equal([
      [{ password_encryption: "scram-sha-256" }],
      [{ name: "ada" }],
    ]);
  });

  test("is refused with a wrong password", async (reactor, { port }) => {
    const error = await failureOf(newClient(reactor, port, { password: "coffee" }).connect());
    expect(error).to.include({ code: "28P01", severity: "FATAL" });
  });

  test("asks many questions before the first answer", async (reactor, { port }) => {
    const client = await connect(reactor, port, { pipeline: true });
    const numbers = Array.from({ length: 200 }, (_, number) => number);
    const answers = numbers.map((number) => client.query("SELECT $1::int AS number", [number]));
    const results = await Promise.all(answers);
    await client.end();
    expect(results.map(({ rows }) => (rows as { number: number }[])[0]?.number)).to.deep.equal(
      numbers,
    );
  });

  test("sends a megabyte, and gets it back", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    const { rows } = await client.query("SELECT $1::text AS text", [LARGE]);
    await client.end();
    expect((rows as { text: string }[])[0]?.text === LARGE).to.equal(true);
  });

  test("gets the server's error, and goes on", async (reactor, { port }) => {
    const client = await connect(reactor, port);
    const error = await failureOf(client.query("SELECT tea FROM nowhere"));
    const { rows } = await client.query("SELECT 1 AS one");
    await client.end();
    expect(error).to.include({ code: "42P01", message: 'relation "nowhere" does not exist' });
    expect(rows).to.deep.equal([{ one: 1 }]);
  });

  test("is told that the server was killed", async (reactor, server) => {
    const client = await connect(reactor, server.port);
    const told = emitted<[Error]>(client, "error");
    const unanswered = failureOf(client.query("SELECT pg_sleep(60)"));
    await server.kill();
    const [error] = await told;
    expect(String(await unanswered)).to.match(/terminated unexpectedly|ECONNRESET|57P0/);
    expect(String(error)).to.match(/terminated unexpectedly|ECONNRESET|57P0/);
  });
});
