/** Ten thousand connections held and served at a time, one in a hundred of which misbehaves. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { ClientFactory, createReactor, type Failure, LineReceiver, type Reactor } from "skein";
import { Greeters } from "./greeter.ts";
import { BABBLE, FLOOD, mannerOf, misbehaviours, ROUNDS, saying } from "./manners.ts";

const COUNT = 10_000;
const POLITE = COUNT - COUNT / 100;
const EACH = COUNT / 100 / misbehaviours.length;

/** A reactor with greeters on a port, and what it reported. */
function open<R extends Reactor<"tcp">>(make: (onError: (error: unknown) => void) => R) {
  const errors: unknown[] = [];
  const reactor = make((error) => errors.push(error));
  const greeters = new Greeters(reactor);
  const listening = reactor.listenTCP(0, greeters, { interface: "127.0.0.1", backlog: 511 });
  return { reactor, greeters, listening, errors };
}

function kindsOpen(reactor: Reactor): string[] {
  return reactor.inspect().map(({ kind }) => kind);
}

describe(`${COUNT} connections at a time`, () => {
  it("are held and served on libuv", async () => {
    const { reactor, greeters, listening, errors } = open((onError) =>
      createReactor("libuv", { onError }),
    );
    const stopped = reactor.run();
    const port = await listening;
    const crowd = fork(new URL("./crowd.ts", import.meta.url), [
      String(port.getHost().port),
      String(COUNT),
    ]);
    const gone = new AbortController();
    const { signal } = gone;
    crowd.once("exit", (status) => status === 0 || gone.abort(new Error("the crowd broke up")));
    await once(crowd, "message", { signal });
    while (greeters.most < COUNT) await new Promise((resolve) => setTimeout(resolve, 20));
    crowd.send("go on");
    const [served] = (await once(crowd, "message", { signal })) as [number];
    while (greeters.present.size > 0) await new Promise((resolve) => setTimeout(resolve, 20));

    expect(served).to.equal(POLITE);
    expect(greeters.most).to.equal(COUNT);
    expect(errors).to.deep.equal([]);
    expect(kindsOpen(reactor)).to.deep.equal(["port"]);
    const { ends } = greeters;
    expect(ends.get("LineTooLongError")).to.equal(EACH);
    expect(ends.get("WriteOverflowError")).to.equal(EACH);
    // Those who left, and those who were silent to the end.
    expect(ends.get("ConnectionDoneError")).to.equal(POLITE + 2 * EACH);
    expect(ends.get("ConnectionLostError")).to.equal(EACH);
    reactor.stop();
    await stopped;
  });

  it("are held and served on clock, and each end is as it should be", async () => {
    const { reactor, greeters, listening, errors } = open((onError) =>
      createReactor("clock", { onError, latency: 0.01 }),
    );
    await reactor.advance(0);
    const { port } = (await listening).getHost();
    const guests = Array.from({ length: COUNT }, (_, index) => new Guest(index));
    for (const guest of guests) reactor.connectTCP("127.0.0.1", port, new Of(guest));
    await reactor.advance(1);
    expect(greeters.present.size).to.equal(COUNT);

    const polite = guests.filter(({ index }) => mannerOf(index) === "polite");
    for (const guest of guests) guest.misbehave();
    for (const guest of polite) guest.speak();
    await reactor.advance(60);
    expect(polite.filter(({ servedWell }) => servedWell)).to.have.lengthOf(POLITE);
    // Nobody is left but the silent, whose time is not up.
    expect(greeters.present.size).to.equal(EACH);
    await reactor.advance(120);

    expect(greeters.most).to.equal(COUNT);
    expect(errors).to.deep.equal([]);
    expect(kindsOpen(reactor)).to.deep.equal(["port"]);
    expect(Object.fromEntries(greeters.ends)).to.deep.equal({
      ConnectionLostError: EACH,
      LineTooLongError: EACH,
      WriteOverflowError: EACH,
      ConnectionDoneError: POLITE + EACH,
      TimeoutError: EACH,
    });
    reactor.stop();
    await reactor.runUntilIdle();
  });
});

/** One of a simulated crowd. */
class Guest extends LineReceiver {
  readonly index: number;
  #heard = 0;
  servedWell = false;

  constructor(index: number) {
    super();
    this.index = index;
    this.delimiter = "\n";
  }

  misbehave(): void {
    switch (mannerOf(this.index)) {
      case "resets":
        this.transport.write("half a li");
        this.transport.abortConnection();
        break;
      case "babbles":
        this.transport.write(BABBLE);
        break;
      case "floods":
        this.transport.pauseProducing();
        this.transport.write(FLOOD);
        break;
      case "leaves":
        this.transport.loseConnection();
        break;
      default:
    }
  }

  speak(): void {
    this.sendLine(saying(this.index, this.#heard + 1));
  }

  override lineReceived(line: string): void {
    this.#heard += 1;
    this.servedWell = line === `hello, ${saying(this.index, this.#heard)}`;
    if (!this.servedWell) this.transport.abortConnection();
    else if (this.#heard < ROUNDS) this.speak();
    else this.sendLine("bye");
  }

  override connectionLost(reason: Failure): void {
    this.servedWell &&=
      this.#heard === ROUNDS && (reason.value as Error).name === "ConnectionDoneError";
  }
}

class Of extends ClientFactory<Guest> {
  readonly #guest: Guest;

  constructor(guest: Guest) {
    super();
    this.#guest = guest;
  }

  override buildProtocol(): Guest {
    return this.#guest;
  }
}
