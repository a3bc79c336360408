import { expect } from "chai";
import { CancelledError, type Deferred } from "skein/defer";
import { Factory, LineReceiver } from "skein/protocols";
import {
  ConnectionAbortedError,
  ConnectionDoneError,
  ConnectionRefusedError,
  createReactor,
  type Reactor,
} from "skein/reactor";
import { LineClient, NotHeardError } from "skein/testing";

/** Sends back each line; "bye" ends the connection. */
class Echo extends LineReceiver {
  override delimiter = "\n";
  override lineReceived(line: string): void {
    this.sendLine(line);
    if (line === "bye") this.transport.loseConnection();
  }
}

interface World {
  readonly reactor: Reactor<"tcp">;
  readonly port: number;
  readonly client: LineClient;
}

/** One test on each backend, with a client of an echo. */
function clientTest(title: string, body: (world: World) => Promise<void>): void {
  for (const backend of ["libuv", "clock"] as const) {
    it(`${title} (${backend})`, async () => {
      const reactor: Reactor<"tcp"> = createReactor(backend);
      const stopped = reactor.run();
      const listening = await reactor.listenTCP(0, Factory.forProtocol(Echo), {
        interface: "127.0.0.1",
      });
      const { port } = listening.getHost();
      try {
        await body({ reactor, port, client: await LineClient.dial(reactor, port) });
      } finally {
        // A clock may have stopped by itself: nothing was left to happen.
        if (reactor.running) reactor.stop();
        await stopped;
      }
    });
  }
}

async function failure(deferred: Deferred<unknown>): Promise<unknown> {
  return deferred.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a LineClient", () => {
  clientTest("hears what contains a text, or matches an expression", async ({ client }) => {
    client.say("one two three");
    expect(await client.heard("two")).to.equal("one two three");
    client.say("four five");
    expect(await client.heard(/^f.*e$/g)).to.equal("four five");
    expect(client.lines).to.deep.equal(["one two three", "four five"]);
  });

  clientTest("hears what was said before it listens", async ({ client }) => {
    for (const line of ["a", "b", "c"]) client.say(line);
    await client.heard("c");
    client.say("d");
    expect(await client.heard("d")).to.equal("d");
    expect(client.lines).to.deep.equal(["a", "b", "c", "d"]);
  });

  clientTest("hears each line once, in order", async ({ client }) => {
    for (const line of ["x1", "y", "x2", "x3"]) client.say(line);
    expect(await client.heard("x")).to.equal("x1");
    expect(await client.heard("x")).to.equal("x2");
    expect(await client.heard("x")).to.equal("x3");
  });

  clientTest("serves those who wait in their order", async ({ client }) => {
    const waiting = [client.heard("b"), client.heard("a"), client.heard(/./)];
    for (const line of ["a1", "b1", "c1", "a2", "b2"]) client.say(line);
    expect(await Promise.all(waiting)).to.deep.equal(["b1", "a2", "b2"]);
  });

  clientTest("lets the next wish have what a cancelled one passed by", async ({ client }) => {
    const never = client.heard("never");
    const waiting = client.heard("a");
    client.say("a1");
    client.say("end");
    const ended = client.heard("end");
    never.cancel();
    expect(await failure(never)).to.be.instanceOf(CancelledError);
    expect(await Promise.all([waiting, ended])).to.deep.equal(["a1", "end"]);
  });

  clientTest("says what it heard instead, when time is up", async ({ client }) => {
    client.say("something");
    client.say("else");
    await client.heard("something");
    const error = await failure(client.heard(/what\?/, 0.05));
    expect(error).to.be.instanceOf(NotHeardError);
    expect((error as Error).stack).to.match(/NotHeardError: no line[^]*line-client\.test\.ts/);
    expect((error as Error).message).to.equal(
      'no line matched /what\\?/ in 0.05 s; since the last match: "else"',
    );
  });

  clientTest("says what it heard instead, when the connection ends", async ({ client }) => {
    client.say("bye");
    const error = await failure(client.heard("good"));
    expect(error).to.be.instanceOf(NotHeardError);
    expect((error as Error).message).to.equal(
      'no line matched "good" before the connection ended (ConnectionDoneError: the connection ' +
        'was closed cleanly); since the last match: "bye"',
    );
    expect(await client.ended).to.be.instanceOf(ConnectionDoneError);
    expect(await client.heard("bye")).to.equal("bye");
    expect(await failure(client.heard("bye"))).to.be.instanceOf(NotHeardError);
  });

  clientTest("closes, when everything said was sent", async ({ client }) => {
    client.say("last");
    client.close();
    expect(await client.ended).to.be.instanceOf(ConnectionDoneError);
  });

  clientTest("aborts", async ({ client }) => {
    client.abort();
    expect(await client.ended).to.be.instanceOf(ConnectionAbortedError);
  });

  clientTest("takes lines that end as telnet's do", async ({ client }) => {
    client.transport.write("text\r\n");
    expect(await client.heard("text")).to.equal("text");
  });

  clientTest("fails to dial where nobody listens", async ({ reactor }) => {
    const opened = await reactor.listenTCP(0, Factory.forProtocol(Echo));
    const { port } = opened.getHost();
    await opened.stopListening();
    const refused = await failure(LineClient.dial(reactor, port));
    expect(refused).to.be.instanceOf(ConnectionRefusedError);
  });

  clientTest("can give up dialling", async ({ reactor, port }) => {
    const dialled = LineClient.dial(reactor, port);
    dialled.cancel();
    expect(await failure(dialled)).to.be.instanceOf(CancelledError);
  });
});
