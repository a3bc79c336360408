import { expect } from "chai";
import { spawn, spawnSync } from "node:child_process";
import { createReactor, RedisServer } from "skein";
import { type Ending, LIFETIME_MS, observe, type Running } from "../../support/command.ts";
import { needsCommand } from "../../support/needs-command.ts";

describe("the server of RESP: for redis-cli", () => {
  before(function () {
    needsCommand(this, spawnSync("redis-cli", ["--version"]), "redis-cli", "redis-tools");
  });

  function cli(port: number, ...args: readonly string[]): Running & { say(text: string): void } {
    const child = spawn("redis-cli", ["-p", String(port), ...args], { timeout: LIFETIME_MS });
    return {
      ...observe(child),
      say: (text) => void child.stdin.end(text),
    };
  }

  it("answers commands, in RESP2 and RESP3, one by one and piped", async () => {
    const reactor = createReactor("libuv");
    const stopped = reactor.run();
    const server = new RedisServer(reactor);
    const { port } = (await reactor.listenTCP(0, server, { interface: "127.0.0.1" })).getHost();
    const run = async (...args: readonly string[]): Promise<string> => {
      const { status, stdout, stderr }: Ending = await cli(port, ...args).ended;
      expect([status, stderr]).to.deep.equal([0, ""]);
      return stdout;
    };
    expect(await run("SET", "tea", "two cups")).to.equal("OK\n");
    expect(await run("GET", "tea")).to.equal("two cups\n");
    expect(await run("--no-raw", "EXPIRE", "tea", "100")).to.equal("(integer) 1\n");
    expect(await run("--no-raw", "MGET", "tea", "coffee")).to.equal('1) "two cups"\n2) (nil)\n');
    expect(await run("--no-raw", "LPUSH", "a", "b")).to.include("(error) ERR unknown command");
    expect(await run("-3", "--no-raw", "GET", "coffee")).to.equal("(nil)\n");

    const listener = cli(port, "--csv", "SUBSCRIBE", "kitchen");
    await listener.printed('"subscribe","kitchen",1');
    expect(await run("PUBLISH", "kitchen", "ready")).to.equal("1\n");
    await listener.printed('"message","kitchen","ready"');
    listener.kill("SIGTERM");
    await listener.ended;

    const piped = cli(port, "--pipe");
    piped.say("SET a 1\r\nINCR a\r\nINCR a\r\n");
    expect((await piped.ended).stdout).to.include("errors: 0, replies: 3");
    expect(await run("GET", "a")).to.equal("3\n");
    reactor.stop();
    await stopped;
  });
});
