import { expect } from "chai";
import {
  createReactor,
  Factory,
  LineReceiver,
  QueueFullError,
  RedisClient,
  type RedisClientOptions,
  RedisReplyError,
  type RespPush,
  type RespValue,
} from "skein";
import { StringTransport } from "skein/testing";
import { failureOf } from "../../support/processes.ts";

class Client extends RedisClient {
  readonly transportPlayed = new StringTransport();
  readonly heard: unknown[] = [];

  constructor(options?: RedisClientOptions) {
    super(options);
    this.makeConnection(this.transportPlayed);
  }
  reply(text: string): void {
    this.dataReceived(new TextEncoder().encode(text));
  }
  override messageReceived(channel: string, message: RespValue, pattern?: string): void {
    this.heard.push([channel, message, pattern]);
  }
  override pushReceived(push: RespPush): void {
    this.heard.push(push.items);
  }
}

describe("the client of Redis", () => {
  it("sends commands at once, and gives each its reply", async () => {
    const client = new Client();
    const [first, second] = [client.execute("GET", "a"), client.execute("INCR", "b")];
    expect(client.transportPlayed.text()).to.equal(
      "*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$4\r\nINCR\r\n$1\r\nb\r\n",
    );
    expect(client.inFlight).to.equal(2);
    client.reply("$3\r\ntea\r\n:4\r\n");
    expect([await first, await second]).to.deep.equal(["tea", 4]);
    expect(client.inFlight).to.equal(0);
  });

  it("fails with the server's error, and goes on; in a pipeline errors are values", async () => {
    const client = new Client();
    const failing = failureOf(client.execute("LPUSH", "a", "b"));
    const all = client.executeAll([
      ["LPUSH", "a", "b"],
      ["GET", "a"],
    ]);
    client.reply("-WRONGTYPE no list\r\n-WRONGTYPE no list\r\n$1\r\nx\r\n");
    const error = (await failing) as RedisReplyError;
    expect([error.name, error.kind]).to.deep.equal(["RedisReplyError", "WRONGTYPE"]);
    const [first, second] = await all;
    expect(first).to.be.instanceOf(RedisReplyError);
    expect(second).to.equal("x");
    expect(await client.executeAll([])).to.deep.equal([]);
  });

  it("drops the reply of a command that was cancelled, and no other", async () => {
    const client = new Client();
    const cancelled = client.execute("GET", "a");
    const kept = client.execute("GET", "b");
    const failure = failureOf(cancelled);
    cancelled.cancel();
    expect(((await failure) as Error).name).to.equal("CancelledError");
    const all = client.executeAll([
      ["GET", "c"],
      ["GET", "d"],
    ]);
    const allFailure = failureOf(all);
    all.cancel();
    expect(((await allFailure) as Error).name).to.equal("CancelledError");
    const last = client.execute("GET", "e");
    client.reply("+A\r\n+B\r\n+C\r\n+D\r\n+E\r\n");
    expect([await kept, await last]).to.deep.equal(["B", "E"]);
  });

  it("lets so many wait and no more", async () => {
    const client = new Client({ maxInFlight: 2 });
    const first = client.execute("GET", "a");
    const tooMany = await failureOf(
      client.executeAll([
        ["GET", "b"],
        ["GET", "c"],
      ]),
    );
    expect(tooMany).to.be.instanceOf(QueueFullError);
    const second = client.execute("GET", "b");
    expect(await failureOf(client.execute("GET", "c"))).to.be.instanceOf(QueueFullError);
    client.reply("+A\r\n+B\r\n");
    expect([await first, await second]).to.deep.equal(["A", "B"]);
  });

  it("fails what waits with the reason of the end, and all that comes later", async () => {
    const client = new Client();
    const names: string[] = [];
    const note = (error: Error): void => void names.push(error.name);
    client.execute("GET", "a").addErrback((failure) => note(failure.value as Error));
    client.executeAll([["GET", "a"]]).addErrback((failure) => note(failure.value as Error));
    client.connectionLost(client.transportPlayed.lose());
    client.execute("GET", "a").addErrback((failure) => note(failure.value as Error));
    expect(names).to.deep.equal(Array(3).fill("ConnectionDoneError"));
  });

  it("ends the connection for a reply that nobody has asked for", () => {
    const client = new Client();
    client.reply("+OK\r\n");
    expect(client.transportPlayed.reason?.name).to.equal("BadFrameError");
  });

  it("tells what is published apart from replies, in RESP2", async () => {
    const client = new Client();
    const before = client.execute("LRANGE", "list", 0, 2);
    const subscribed = client.subscribe("tea");
    client.reply("*3\r\n+message\r\n+tea\r\n+a list\r\n");
    expect(await before).to.deep.equal(["message", "tea", "a list"]);
    client.reply("*3\r\n$9\r\nsubscribe\r\n$3\r\ntea\r\n:1\r\n");
    await subscribed;
    const matching = client.psubscribe("t*");
    client.reply("*3\r\n+message\r\n+tea\r\n+hot\r\n*3\r\n+psubscribe\r\n+t*\r\n:2\r\n");
    await matching;
    client.reply("*4\r\n+pmessage\r\n+t*\r\n+tea\r\n+hotter\r\n");
    const pong = client.execute("PING");
    client.reply("*2\r\n+pong\r\n+\r\n");
    expect(await pong).to.deep.equal(["pong", ""]);
    expect(client.heard).to.deep.equal([
      ["tea", "hot", undefined],
      ["tea", "hotter", "t*"],
    ]);
  });

  it("tells what is pushed apart from replies, in RESP3", async () => {
    const client = new Client();
    const subscribed = client.subscribe("tea");
    const got = client.execute("GET", "a");
    client.reply(">3\r\n+invalidate\r\n+x\r\n+y\r\n>3\r\n+subscribe\r\n+tea\r\n:1\r\n");
    await subscribed;
    client.reply(">3\r\n+message\r\n+tea\r\n+hot\r\n$1\r\na\r\n");
    expect(await got).to.equal("a");
    expect(client.heard).to.deep.equal([
      ["invalidate", "x", "y"],
      ["tea", "hot", undefined],
    ]);
  });

  it("ends the connection for a reply over its limits, and says so to who waits", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    class Liar extends LineReceiver {
      override lineReceived(): void {
        this.sendLine("$1000000000");
      }
    }
    await reactor.listenTCP(6379, Factory.forProtocol(Liar));
    const client = await RedisClient.connect(reactor, 6379);
    const error = await failureOf(client.execute("GET", "a"));
    expect((error as Error).name).to.equal("FrameTooLongError");
    reactor.stop();
    await stopped;
  });

  it("fails to connect where nobody listens, and may be given up", async () => {
    const reactor = createReactor("clock");
    const stopped = reactor.run();
    const refused = await failureOf(RedisClient.connect(reactor, 6379));
    expect((refused as Error).name).to.equal("ConnectionRefusedError");
    const given = RedisClient.connect(reactor, 6379);
    const failure = failureOf(given);
    given.cancel();
    expect(((await failure) as Error).name).to.equal("CancelledError");
    expect(() => new RedisClient({ maxInFlight: 0 })).to.throw("maxInFlight must be 1 or more");
    reactor.stop();
    await stopped;
  });
});
