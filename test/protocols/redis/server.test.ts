import { expect } from "chai";
import {
  BadOptionError,
  ClientFactory,
  createReactor,
  deferLater,
  type Reactor,
  RedisClient,
  RedisServer,
  type RedisServerOptions,
  type RespValue,
} from "skein";
import { LineClient } from "skein/testing";
import { failureOf } from "../../support/processes.ts";

const PORT = 6379;

interface Stand {
  readonly reactor: Reactor<"tcp" | "clock" | "network">;
  readonly server: RedisServer;
  readonly redis: RedisClient;
  /** The reply, or the error's message. */
  readonly ask: (command: string) => Promise<RespValue>;
}

/** With a server on virtual time, and a client. */
async function withRedis(
  body: (stand: Stand) => Promise<void>,
  options?: RedisServerOptions,
): Promise<void> {
  const reactor = createReactor("clock");
  const stopped = reactor.run();
  const server = new RedisServer(reactor, options);
  await reactor.listenTCP(PORT, server);
  const redis = await RedisClient.connect(reactor, PORT);
  const ask = async (command: string): Promise<RespValue> => {
    const [reply = null] = await redis.executeAll([command.split(" ")]);
    return reply instanceof Error ? reply.message : reply;
  };
  try {
    await body({ reactor, server, redis, ask });
  } finally {
    if (reactor.running) reactor.stop();
    await stopped;
  }
  expect(reactor.inspect()).to.deep.equal([]);
}

/** A client that writes down what is published. */
class Listener extends RedisClient {
  readonly heard: unknown[] = [];
  override messageReceived(channel: string, message: RespValue, pattern?: string): void {
    this.heard.push([channel, message, pattern]);
  }
}

describe("the server of RESP", () => {
  const replies: Record<string, readonly (readonly [command: string, reply: RespValue])[]> = {
    "strings and numbers": [
      ["SET tea green", "OK"],
      ["get tea", "green"],
      ["GET coffee", null],
      ["SET tea black NX", null],
      ["SET tea black XX GET", "green"],
      ["SETNX tea white", 0],
      ["APPEND tea !", 6],
      ["STRLEN tea", 6],
      ["MSET a 1 b 2", "OK"],
      ["MGET a b c", ["1", "2", null]],
      ["INCR a", 2],
      ["DECRBY a 5", -3],
      ["INCR tea", "ERR value is not an integer or out of range"],
      ["SET a 9223372036854775807", "OK"],
      ["INCR a", "ERR increment or decrement would overflow"],
      ["DECR a", 9223372036854775806n],
      ["EXISTS a a b x", 3],
      ["TYPE a", "string"],
      ["DEL a b x", 2],
      ["KEYS t?[a-c]", ["tea"]],
      ["DBSIZE", 1],
      ["FLUSHALL", "OK"],
      ["DBSIZE", 0],
    ],
    "what is wrong": [
      ["BREW tea", "ERR unknown command 'BREW'"],
      ["GET", "ERR wrong number of arguments for 'get' command"],
      ["MSET a 1 b", "ERR wrong number of arguments for 'mset' command"],
      ["SET a b EX", "ERR syntax error"],
      ["SET a b EX 0", "ERR invalid expire time in 'set' command"],
      ["SELECT 1", "ERR DB index is out of range"],
      ["HELLO 4", "NOPROTO unsupported protocol version"],
      ["constructor", "ERR unknown command 'constructor'"],
      ["AUTH x", "WRONGPASS invalid username-password pair or user is disabled."],
      ["PING", "PONG"],
      ["ECHO hi", "hi"],
    ],
  };
  for (const [title, conversation] of Object.entries(replies)) {
    it(`knows ${title}`, () =>
      withRedis(async ({ ask }) => {
        for (const [command, reply] of conversation) {
          expect(await ask(command), command).to.deep.equal(reply);
        }
      }));
  }

  it("keeps any bytes", () =>
    withRedis(async ({ reactor, redis }) => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      await redis.execute("SET", bytes, bytes);
      const raw = await RedisClient.connect(reactor, PORT, "127.0.0.1", { bulk: "bytes" });
      expect(await raw.execute("GET", bytes)).to.deep.equal(bytes);
      expect(await raw.execute("KEYS", "*")).to.deep.equal([bytes]);
    }));

  it("lets keys expire by the reactor's time", () =>
    withRedis(async ({ reactor, server, ask }) => {
      await ask("SET a 1 EX 100");
      await ask("SET b 1");
      await ask("PEXPIRE b 1500");
      expect([await ask("TTL a"), await ask("PTTL b"), await ask("TTL c")]).to.deep.equal([
        100, 1500, -2,
      ]);
      await deferLater(reactor, 2);
      expect([await ask("GET b"), await ask("TTL a"), await ask("INCR a")]).to.deep.equal([
        null,
        98,
        2,
      ]);
      expect(await ask("TTL a")).to.equal(98);
      expect([await ask("PERSIST a"), await ask("TTL a")]).to.deep.equal([1, -1]);
      expect([
        await ask("EXPIRE a 0"),
        await ask("EXPIRE a 10"),
        await ask("DBSIZE"),
      ]).to.deep.equal([1, 0, 0]);
      expect(server.keys.bytes).to.equal(0);
    }));

  it("forgets expired keys that nobody asks for, as others are written", () =>
    withRedis(async ({ reactor, server, redis }) => {
      for (let i = 0; i < 1000; i++) await redis.execute("SET", `short ${i}`, "x", "EX", 1);
      const before = server.keys.bytes;
      await deferLater(reactor, 2);
      for (let i = 0; i < 500; i++) await redis.execute("SET", "one", i);
      expect(before).to.be.greaterThan(64_000);
      expect(server.keys.bytes).to.be.lessThan(200);
    }));

  it("takes no more than its memory", () =>
    withRedis(
      async ({ ask }) => {
        expect(await ask(`SET a ${"x".repeat(900)}`)).to.equal("OK");
        expect(await ask(`SET b ${"x".repeat(900)}`)).to.match(/^OOM /);
        expect(await ask(`APPEND a ${"x".repeat(900)}`)).to.match(/^OOM /);
        await ask("DEL a");
        expect(await ask(`SET b ${"x".repeat(900)}`)).to.equal("OK");
      },
      { maxMemoryBytes: 1000 },
    ));

  it("publishes to who has subscribed, by name and by pattern, until they end", () =>
    withRedis(async ({ reactor, server, ask }) => {
      const listener = new Listener();
      await listenOn(reactor, listener);
      await listener.subscribe("tea");
      await listener.psubscribe("t*");
      expect(await ask("PUBLISH tea hot")).to.equal(2);
      expect(await ask("PUBLISH toast warm")).to.equal(1);
      await listener.unsubscribe("tea");
      expect(await listener.execute("PING")).to.deep.equal(["pong", ""]);
      expect(await ask("PUBLISH tea cold")).to.equal(1);
      expect(listener.heard).to.deep.equal([
        ["tea", "hot", undefined],
        ["tea", "hot", "t*"],
        ["toast", "warm", "t*"],
        ["tea", "cold", "t*"],
      ]);
      listener.transport.abortConnection();
      await deferLater(reactor, 1);
      expect(await ask("PUBLISH tea gone")).to.equal(0);
      expect(server.connections.size).to.equal(1);
    }));

  it("speaks RESP3 to who says hello", () =>
    withRedis(async ({ reactor, server }) => {
      const listener = new Listener();
      await listenOn(reactor, listener);
      const greeting = (await listener.execute("HELLO", 3)) as Map<string, RespValue>;
      expect([greeting.get("proto"), greeting.get("role")]).to.deep.equal([3, "master"]);
      await listener.subscribe("tea");
      server.publish("tea", "hot");
      expect(await listener.execute("PING")).to.equal("PONG");
      expect(listener.heard).to.deep.equal([["tea", "hot", undefined]]);
    }));

  it("cuts off who subscribes and does not read", () =>
    withRedis(async ({ reactor, server, ask }) => {
      const listener = new Listener();
      await listenOn(reactor, listener);
      await listener.subscribe("tea");
      listener.pauseProducing();
      for (let i = 0; i < 30; i++) server.publish("tea", "x".repeat(100_000));
      await deferLater(reactor, 1);
      expect([server.connections.size, await ask("PUBLISH tea x")]).to.deep.equal([1, 0]);
    }));

  it("admits who knows the password only", () =>
    withRedis(
      async ({ ask }) => {
        expect(await ask("GET a")).to.equal("NOAUTH Authentication required.");
        expect(await ask("HELLO 3")).to.equal("NOAUTH Authentication required.");
        for (const wrong of ["", "two", "two cup", "two cups!", "two cupstwo cups"]) {
          expect(await ask(`AUTH ${wrong.replace(" ", "_")}`)).to.match(/^WRONGPASS/);
        }
        expect(await ask("AUTH two_cups")).to.equal("OK");
        expect(await ask("GET a")).to.equal(null);
      },
      { password: "two_cups" },
    ));

  it("closes a connection that is wrong too often, once it is told, and takes no more of it", () =>
    withRedis(
      async ({ reactor, redis, ask }) => {
        expect(await ask("AUTH one")).to.match(/^WRONGPASS/);
        expect(await ask("HELLO 3 AUTH default two")).to.match(/^WRONGPASS/);
        expect(await ask("PING")).to.equal("NOAUTH Authentication required.");
        const answers = Promise.all(
          [
            ["AUTH", "three"],
            ["AUTH", "two_cups"],
            ["GET", "a"],
          ].map((words) => failureOf(redis.execute(...words))),
        );
        expect((await answers).map((error) => (error as Error).name)).to.deep.equal([
          "RedisReplyError",
          "ConnectionDoneError",
          "ConnectionDoneError",
        ]);
        // Another connection begins anew.
        const again = await RedisClient.connect(reactor, PORT);
        expect(await again.execute("AUTH", "two_cups")).to.equal("OK");
      },
      { password: "two_cups", maxPasswords: 3 },
    ));

  it("counts no wrong passwords of who is admitted, nor where there is none", async () => {
    for (const password of [undefined, "two_cups"]) {
      await withRedis(
        async ({ ask }) => {
          if (password !== undefined) expect(await ask(`AUTH ${password}`)).to.equal("OK");
          for (let i = 0; i < 3; i++) expect(await ask("AUTH x")).to.match(/^WRONGPASS/);
          expect(await ask("PING")).to.equal("PONG");
        },
        { maxPasswords: 1, ...(password !== undefined && { password }) },
      );
    }
  });

  it("refuses a number of wrong passwords that is none", () => {
    for (const maxPasswords of [0, NaN]) {
      const clock = createReactor("clock");
      expect(() => new RedisServer(clock, { maxPasswords })).to.throw(
        BadOptionError,
        "maxPasswords must be 1 or more",
      );
    }
  });

  it("has commands of its user's, whose replies keep their order", () =>
    withRedis(
      async ({ redis, ask }) => {
        const order: RespValue[] = [];
        for (const words of [["SLOW"], ["PING"]]) {
          redis.execute(...words).addCallback((reply) => void order.push(reply));
        }
        expect(await ask("FAIL")).to.equal("ERR out of tea");
        expect(order).to.deep.equal(["brewed", "PONG"]);
      },
      {
        commands: {
          SLOW: (connection) =>
            deferLater(connection.server.clock as Reactor, 5).addCallback(() => "brewed"),
          async FAIL() {
            throw new RangeError("out of tea");
          },
        },
      },
    ));

  it("stops what a command does when its client has gone", async () => {
    let cancelled = false;
    await withRedis(
      async ({ reactor, redis }) => {
        const failure = failureOf(redis.execute("SLOW"));
        await deferLater(reactor, 1);
        redis.transport.abortConnection();
        await failure;
        await deferLater(reactor, 1);
        expect(cancelled).to.equal(true);
      },
      {
        commands: {
          SLOW: (connection) =>
            deferLater(connection.server.clock as Reactor, 50)
              .addCallback(() => "brewed")
              .addErrback(() => {
                cancelled = true;
                return "spilt";
              }),
        },
      },
    );
  });

  it("tells people what is wrong, and ends the connection where bytes are no commands", () =>
    withRedis(async ({ reactor }) => {
      const person = await LineClient.dial(reactor, PORT);
      person.say("set tea green");
      expect(await person.heard("+")).to.equal("+OK");
      person.transport.write("*1\r\n:1\r\n");
      expect(await person.heard("-")).to.include("it is no array of strings");
      await person.ended;
      const other = await LineClient.dial(reactor, PORT);
      other.say("*2000000\r");
      expect(await other.heard("-ERR Protocol error")).to.include("1024 are taken at most");
      await other.ended;
    }));

  it("takes no more connections than it may", () =>
    withRedis(
      async ({ reactor }) => {
        const second = await LineClient.dial(reactor, PORT);
        expect(String(await second.ended)).to.include("closed cleanly");
      },
      { maxConnections: 1 },
    ));

  it("needs a password that is one", () => {
    const reactor = createReactor("clock");
    expect(() => new RedisServer(reactor, { password: "" })).to.throw(BadOptionError);
  });
});

/** Connects a client of a class of its own. */
async function listenOn(reactor: Reactor<"tcp">, client: RedisClient): Promise<void> {
  reactor.connectTCP(
    "127.0.0.1",
    PORT,
    ClientFactory.from(() => client),
  );
  await deferLater(reactor, 0.1);
}
