/** Ten thousand connections held and served at a time, one in a hundred of which misbehaves. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { ClientFactory, createReactor, type Failure, LineReceiver, type Reactor } from "skein";
import { Greeters } from "./greeter.ts";
import { BABBLE, FLOOD, mannerOf, misbehaviours, ROUNDS, saying } from "./manners.ts";

const BACKLOG = 500;
const COUNT = 10_000;
/** What a process opens beside the connections. */
const SPARE_DESCRIPTORS = 100;
/** So long may the crowd and the server take for any one step. */
const PATIENCE_MS = 20_000;

/** How many of a crowd do what. */
function split(count: number): { polite: number; each: number } {
  const each = count / 100 / misbehaviours.length;
  return { polite: count - each * misbehaviours.length, each };
}

/** As many as there are descriptors for, but the same number of each kind. */
function affordable(): number {
  const report = process.report.getReport() as unknown as {
    readonly userLimits?: { readonly open_files?: { readonly soft: number | "unlimited" } };
  };
  const limit = Number(report.userLimits?.open_files?.soft ?? Infinity);
  const wholeLots = 100 * misbehaviours.length;
  // "unlimited" is no number, and no limit.
  if (!(limit - SPARE_DESCRIPTORS < COUNT)) return COUNT;
  const count = Math.max(0, Math.floor((limit - SPARE_DESCRIPTORS) / wholeLots) * wholeLots);
  console.log(`      only ${limit} files may be open (ulimit -n): ${count} connections on libuv`);
  return count;
}

/** Waits in real time, but not for ever. */
async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`it never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The next number that the crowd sends. */
async function told(crowd: ChildProcess, what: string): Promise<number> {
  const waiting = new AbortController();
  const giveUp = (why: string) => () => waiting.abort(new Error(`${why}: ${what}`));
  const late = setTimeout(giveUp("the crowd never said"), PATIENCE_MS);
  const exited = giveUp("the crowd broke up before it said");
  crowd.once("exit", exited);
  try {
    const [number] = (await once(crowd, "message", { signal: waiting.signal })) as [number];
    return number;
  } catch {
    throw waiting.signal.reason as Error;
  } finally {
    clearTimeout(late);
    crowd.off("exit", exited);
  }
}

/** A reactor with greeters on a port, and what it reported. */
function open<R extends Reactor<"tcp">>(make: (onError: (error: unknown) => void) => R) {
  const errors: unknown[] = [];
  const reactor = make((error) => errors.push(error));
  const greeters = new Greeters(reactor);
  const listening = reactor.listenTCP(0, greeters, { interface: "127.0.0.1", backlog: BACKLOG });
  return { reactor, greeters, listening, errors };
}

function kindsOpen(reactor: Reactor): string[] {
  return reactor.inspect().map(({ kind }) => kind);
}

describe(`${COUNT} connections at a time`, () => {
  it("are held and served on libuv", async function () {
    const count = affordable();
    if (count === 0) this.skip();
    const { polite, each } = split(count);
    const { reactor, greeters, listening, errors } = open((onError) =>
      createReactor("libuv", { onError }),
    );
    const stopped = reactor.run();
    const { port } = (await listening).getHost();
    const crowd = fork(new URL("./crowd.ts", import.meta.url), [String(port), String(count)]);
    try {
      expect(await told(crowd, "how many have come")).to.equal(count);
      await until("all were accepted", () => greeters.present.size === count);
      crowd.send("go on");
      expect(await told(crowd, "how many were served")).to.equal(polite);
      // Who is cut off for flooding was at it the longest.
      const { ends } = greeters;
      await until("nobody is left but the silent", () => greeters.present.size === each);
      expect(Object.fromEntries(ends)).to.deep.equal({
        ConnectionLostError: each,
        LineTooLongError: each,
        WriteOverflowError: each,
        ConnectionDoneError: polite + each,
      });
      crowd.send("go home");
      await until("all have gone", () => greeters.present.size === 0);
      expect(ends.get("ConnectionDoneError")).to.equal(polite + 2 * each);
      expect(greeters.most).to.equal(count);
      expect(errors).to.deep.equal([]);
      expect(kindsOpen(reactor)).to.deep.equal(["port"]);
    } finally {
      crowd.kill();
      reactor.stop();
      await stopped;
    }
    expect(kindsOpen(reactor)).to.deep.equal([]);
  });

  it("are held and served on clock, and each end is as it should be", async () => {
    const { polite: served, each } = split(COUNT);
    const { reactor, greeters, listening, errors } = open((onError) =>
      createReactor("clock", { onError, latency: 0.01 }),
    );
    await reactor.advance(0);
    const { port } = (await listening).getHost();
    const guests = Array.from({ length: COUNT }, (_, index) => new Guest(index));
    // No more at an instant than the backlog holds.
    for (let first = 0; first < guests.length; first += BACKLOG) {
      for (const guest of guests.slice(first, first + BACKLOG)) {
        reactor.connectTCP("127.0.0.1", port, new Of(guest));
      }
      await reactor.advance(0.1);
    }
    expect(greeters.present.size).to.equal(COUNT);

    const polite = guests.filter(({ index }) => mannerOf(index) === "polite");
    for (const guest of guests) guest.misbehave();
    for (const guest of polite) guest.speak();
    await reactor.advance(60);
    expect(polite.filter(({ servedWell }) => servedWell)).to.have.lengthOf(served);
    // Nobody is left but the silent, whose time is not up.
    expect(greeters.present.size).to.equal(each);
    await reactor.advance(120);

    expect(greeters.most).to.equal(COUNT);
    expect(errors).to.deep.equal([]);
    expect(kindsOpen(reactor)).to.deep.equal(["port"]);
    expect(Object.fromEntries(greeters.ends)).to.deep.equal({
      ConnectionLostError: each,
      LineTooLongError: each,
      WriteOverflowError: each,
      ConnectionDoneError: served + each,
      TimeoutError: each,
    });
    reactor.stop();
    await reactor.runUntilIdle();
    expect(kindsOpen(reactor)).to.deep.equal([]);
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
