import { expect } from "chai";
import fc from "fast-check";
import {
  AllAddressesFailedError,
  ConnectingCancelledError,
  HostnameEndpoint,
} from "skein/endpoints";
import { Factory, Protocol } from "skein/protocols";
import { dialling, type Fate } from "../support/dialling.ts";
import { type Failed, watch } from "../support/outcomes.ts";

const PORT = 80;
const DELAY = 0.3;
const TIMEOUT = 30;

/** What is to happen, by a simulation that knows nothing of Deferreds. */
interface Course {
  /** When each attempt begins, in the order of the addresses. */
  readonly dials: number[];
  readonly winner: { readonly index: number; readonly at: number } | undefined;
  /** Whether two things fall together, so that their order is anybody's guess. */
  readonly tie: boolean;
}

function courseOf(fates: readonly Fate[]): Course {
  const dials: number[] = [];
  let underWay: { index: number; at: number; connects: boolean }[] = [];
  let next = 0;
  let tie = false;
  for (;;) {
    const candidates = [
      ...underWay,
      ...(dials.length < fates.length ? [{ index: -1, at: next, connects: false }] : []),
    ].sort((a, b) => a.at - b.at);
    const [first, second] = candidates;
    if (first === undefined) return { dials, winner: undefined, tie };
    tie ||= second !== undefined && second.at - first.at < 1e-6;
    if (first.connects) return { dials, winner: { index: first.index, at: first.at }, tie };
    underWay = underWay.filter((one) => one !== first);
    const fate = fates[dials.length];
    if (fate === undefined) continue;
    const after = fate.ends === "never" ? TIMEOUT : Math.min(fate.after ?? 0, TIMEOUT);
    const connects = fate.ends === "connects" && after < TIMEOUT;
    underWay.push({ index: dials.length, at: first.at + after, connects });
    dials.push(first.at);
    next = first.at + DELAY;
  }
}

const fate: fc.Arbitrary<Fate> = fc.record({
  ends: fc.constantFrom<Fate["ends"]>("connects", "refused", "refused", "never"),
  after: fc.integer({ min: 0, max: 1500 }).map((ms) => ms / 1000),
});
const scripts = fc.array(fate, { minLength: 1, maxLength: 8 });

/** Counts its connections. */
class Host extends Protocol {
  static open = 0;
  override connectionMade(): void {
    Host.open++;
  }
  override connectionLost(): void {
    Host.open--;
  }
}

describe("HostnameEndpoint, whatever becomes of its attempts", () => {
  class Guests extends Factory<Protocol> {
    built = 0;
    inUse = 0;
    override startFactory(): void {
      this.inUse++;
    }
    override stopFactory(): void {
      this.inUse--;
    }
    override buildProtocol(): Protocol {
      this.built++;
      return new Protocol();
    }
  }

  const play = async (
    fates: readonly Fate[],
    cancelAt?: number,
  ): Promise<{ outcome: unknown[]; guests: Guests; dials: number[]; leaks: unknown[] }> => {
    Host.open = 0;
    const addresses = fates.map((_, i) => `10.0.0.${i + 1}`);
    const { reactor, log, errors } = dialling(
      { "host.example": addresses },
      Object.fromEntries(fates.map((one, i): [string, Fate] => [`10.0.0.${i + 1}`, one])),
    );
    await reactor.advance(0);
    void reactor.listenTCP(PORT, Factory.forProtocol(Host), { interface: "::" });
    await reactor.advance(0);
    const guests = new Guests();
    const options = { attemptDelay: DELAY, timeout: TIMEOUT };
    const connecting = new HostnameEndpoint(reactor, "host.example", PORT, options).connect(guests);
    let connectedAt: number | undefined;
    connecting.addCallback((protocol) => {
      connectedAt = reactor.seconds();
      return protocol;
    });
    const outcome = watch(connecting);
    if (cancelAt !== undefined) reactor.callLater(cancelAt, () => connecting.cancel());
    await reactor.advance(60);
    const [protocol] = outcome;
    if (protocol instanceof Protocol) {
      expect(Host.open).to.equal(1);
      protocol.transport.loseConnection();
      outcome[0] = connectedAt;
    }
    await reactor.advance(1);
    const leaks: unknown[] = reactor.inspect().filter(({ kind }) => kind !== "port");
    leaks.push(...errors, ...Array.from({ length: Host.open + guests.inUse }));
    reactor.stop();
    await reactor.advance(1);
    leaks.push(...reactor.inspect());
    const dials = log.filter((line) => line.includes(" dial ")).map((line) => parseFloat(line));
    return { outcome, guests, dials, leaks };
  };

  it("has one winner, the first to answer, no attempt too many, and leaks nothing", async () => {
    await fc.assert(
      fc.asyncProperty(scripts, async (fates) => {
        const course = courseOf(fates);
        fc.pre(!course.tie);
        const { outcome, guests, dials, leaks } = await play(fates);
        expect(outcome).to.have.lengthOf(1);
        expect(dials.length).to.equal(course.dials.length);
        dials.forEach((at, i) => expect(at).to.be.closeTo(course.dials[i] as number, 1e-5));
        if (course.winner === undefined) {
          expect((outcome[0] as Failed).failed).to.be.instanceOf(AllAddressesFailedError);
          expect(guests.built).to.equal(0);
        } else {
          expect(outcome[0]).to.be.closeTo(course.winner.at, 1e-5);
          expect(guests.built).to.equal(1);
        }
        expect(leaks).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  }).timeout(60_000);

  it("is over at once when it is cancelled, whenever that is, and leaks nothing", async () => {
    const time = fc.integer({ min: 0, max: 2500 }).map((ms) => ms / 1000 + 1e-4);
    await fc.assert(
      fc.asyncProperty(scripts, time, async (fates, cancelAt) => {
        const { dials, winner, tie } = courseOf(fates);
        const failedAt = Math.max(
          ...dials.map(
            (at, i) => at + (fates[i]?.ends === "never" ? TIMEOUT : (fates[i]?.after ?? 0)),
          ),
        );
        fc.pre(!tie);
        const overAt = winner?.at ?? failedAt;
        const played = await play(fates, cancelAt);
        const begun = dials.filter((at) => at < cancelAt);
        expect(played.dials).to.have.lengthOf(begun.length);
        expect(played.outcome).to.have.lengthOf(1);
        if (cancelAt < overAt) {
          const { failed } = played.outcome[0] as Failed;
          expect(failed).to.be.instanceOf(ConnectingCancelledError);
          expect(played.guests.built).to.equal(0);
        } else {
          expect(played.guests.built).to.equal(winner === undefined ? 0 : 1);
        }
        expect(played.leaks).to.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  }).timeout(60_000);
});
