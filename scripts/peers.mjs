/**
 * Runs npm's clients, over the bridge, against real servers: PostgreSQL, Redis, RabbitMQ,
 * Mosquitto, OpenSSH; and curl against a server on the bridge. Each server is an instance of its
 * own, on a free port; those that are not installed are left out, but in CI that is a failure. All
 * arguments go to mocha.
 */
import { runApart } from "./lib/run-apart.mjs";
import { prepareOrExit } from "./prepare.mjs";

/** The most that one test, or the start of one server, may take. */
const TIMEOUT_MS = 60_000;

await prepareOrExit();
process.exitCode = await runApart(
  ["peers", "*.peer.ts"],
  ["--timeout", String(TIMEOUT_MS), "--exit", ...process.argv.slice(2)],
);
