/**
 * Where Deferreds depart from Twisted on purpose, and what the comparison does about each.
 *
 * - `adapted`: the oracle puts what is wanted here in the place of what Twisted does.
 * - `cut`: the oracle notices that a program comes to it, and its trace ends there; what came
 *   before is compared.
 * - `avoided`: no generated program comes to it.
 */
import { act, both, cancel, coroutine, deferred, fail, fire, pause } from "./building.ts";
import { program, race, release, runLocked, unpause, wait } from "./building.ts";
import type { Program } from "./program.ts";

export interface Departure {
  readonly name: string;
  /** Why it is done otherwise here. */
  readonly reason: string;
  readonly handled: "adapted" | "cut" | "avoided";
  /** Where, or how, that is done. */
  readonly how: string;
  /** A program that shows it, with what comes of it in either place. */
  readonly program: Program;
  readonly twisted: readonly string[];
  readonly here: readonly string[];
}

export const DEPARTURES: readonly Departure[] = [
  {
    name: "a canceller that throws",
    reason:
      "Whoever cancels cannot handle it, and the Deferred must not stay unfired: it " +
      "fails with CancelledError, whose cause is what was thrown.",
    handled: "adapted",
    how: "The oracle's cancellers do not throw.",
    program: program([{ kind: "throws", n: 1 }], cancel(0)),
    twisted: ["d0 cancelling", "cancel threw e1", "d0 called: false"],
    here: [
      "d0 cancelling",
      "d0 called: true",
      "d0 unhandled: CancelledError",
      "d0 left: Failure(CancelledError)",
    ],
  },
  {
    name: "a canceller that cancels",
    reason:
      "The canceller is being called already: in a circle of cancellers nobody knows who began.",
    handled: "avoided",
    how: "No canceller that is generated cancels.",
    program: program([{ kind: "cancels" }], cancel(0)),
    twisted: ["d0 cancelling", "cancel threw RecursionError", "d0 called: false"],
    here: [
      "d0 cancelling",
      "d0 called: true",
      "d0 unhandled: CancelledError",
      "d0 left: Failure(CancelledError)",
    ],
  },
  {
    name: "cancelling a circle",
    reason:
      "Deferreds that wait for one another in a circle are a bug, but cancelling them must end.",
    handled: "adapted",
    how: "The oracle ignores cancel() where it leads into a circle.",
    program: program(
      2,
      both(0, 0, deferred(1)),
      both(1, 1, deferred(0)),
      fire(0),
      fire(1),
      cancel(0),
    ),
    twisted: [
      "h0 got 1",
      "h1 got 1",
      "cancel threw RecursionError",
      "d0 called: true",
      "d1 called: true",
    ],
    here: ["h0 got 1", "h1 got 1", "d0 called: true", "d1 called: true"],
  },
  {
    name: "a Deferred that waits for itself",
    reason:
      "A callback that returns its own Deferred is told by a TypeError, where Twisted " +
      "warns and hangs.",
    handled: "adapted",
    how: "The oracle throws TypeError; where run() of a lock is concerned, the trace is cut.",
    program: program(1, both(0, 0, deferred(0)), fire(0)),
    twisted: ["h0 got 1", "d0 called: true"],
    here: ["h0 got 1", "d0 called: true", "d0 unhandled: TypeError", "d0 left: Failure(TypeError)"],
  },
  {
    name: "firing with a Deferred",
    reason: "Here it is a TypeError like that of other wrong arguments; Twisted asserts.",
    handled: "adapted",
    how: "The oracle throws TypeError.",
    program: program(2, fire(0, deferred(1))),
    twisted: ["callback threw AssertionError", "d0 called: false", "d1 called: false"],
    here: ["callback threw TypeError", "d0 called: false", "d1 called: false"],
  },
  {
    name: "names of errors",
    reason: "Errors have names that end in Error, and misuse is not told by assertions.",
    handled: "adapted",
    how: "The oracle renames those in NAMES.",
    program: program(1, { op: "releaseLock" }),
    twisted: ["releaseLock threw AssertionError", "d0 called: false"],
    here: ["releaseLock threw NotAcquiredError", "d0 called: false"],
  },
  {
    name: "a paused waiter",
    reason:
      "A paused Deferred that gets the result it waits for holds back its own callbacks " +
      "only. Twisted then forgets those of the Deferred that gave it.",
    handled: "cut",
    how: "When a paused Deferred gets the result it waits for.",
    program: program(2, both(0, 0, deferred(1)), fire(0), pause(0), both(1, 1), fire(1)),
    twisted: [
      "h0 got 1",
      "d0 called: true",
      "d1 called: true",
      "h1 got nothing",
      "d1 left: nothing",
    ],
    here: ["h0 got 1", "h1 got nothing", "d0 called: true", "d1 called: true", "d1 left: nothing"],
  },
  {
    name: "too many unpauses",
    reason:
      "One unpause() too many is ignored: it must not end the wait for another " +
      "Deferred, nor the next pause().",
    handled: "adapted",
    how: "The oracle ignores them.",
    program: program(1, both(0, 0), unpause(0), pause(0), fire(0)),
    twisted: ["h0 got 1", "d0 called: true", "d0 left: nothing"],
    here: ["d0 called: true"],
  },
  {
    name: "a paused failure",
    reason:
      "A failure that is held back is not unhandled: whoever paused the Deferred is not " +
      "done with it.",
    handled: "adapted",
    how: "The oracle does not tell those of paused Deferreds.",
    program: program(1, fail(0), pause(0)),
    twisted: ["d0 called: true", "d0 unhandled: e1"],
    here: ["d0 called: true"],
  },
  {
    name: "a coroutine that survives its cancellation",
    reason:
      "A generator that catches CancelledError goes on, so that its Deferred has not been called.",
    handled: "adapted",
    how: "The oracle takes a coroutine for called when its generator has ended.",
    program: program(2, coroutine(2, [wait(0, true), wait(1)]), cancel(2)),
    twisted: [
      "g0 caught CancelledError",
      "d0 called: true",
      "d1 called: false",
      "d2 called: true",
      "d0 left: nothing",
    ],
    here: [
      "g0 caught CancelledError",
      "d0 called: true",
      "d1 called: false",
      "d2 called: false",
      "d0 left: nothing",
    ],
  },
  {
    name: "late callbacks of a cancelled coroutine",
    reason:
      "Its callbacks run when it has ended, as they do without a cancellation. Twisted " +
      "first runs the other callbacks of what it waited for.",
    handled: "cut",
    how: "When it has ended, and its callbacks wait; or somebody is about to wait for it.",
    program: program(1, coroutine(1, [wait(0)]), both(0, 1), both(1, 2), cancel(1)),
    twisted: [
      "g0 caught CancelledError",
      "h1 got nothing",
      "h2 got Failure(CancelledError)",
      "d0 called: true",
      "d1 called: true",
      "d0 left: nothing",
      "d1 left: nothing",
    ],
    here: [
      "g0 caught CancelledError",
      "h2 got Failure(CancelledError)",
      "h1 got nothing",
      "d0 called: true",
      "d1 called: true",
      "d0 left: nothing",
      "d1 left: nothing",
    ],
  },
  {
    name: "a coroutine that cancels itself",
    reason: "It is told at what it waits for next. In Twisted the cancellation is lost.",
    handled: "cut",
    how: "When a generator is cancelled while it runs.",
    program: program(2, coroutine(2, [wait(0), act(cancel(2)), wait(1)]), fire(0)),
    twisted: [
      "g0 got 1",
      "d0 called: true",
      "d1 called: false",
      "d2 called: true",
      "d0 left: nothing",
    ],
    here: [
      "g0 got 1",
      "g0 caught CancelledError",
      "d0 called: true",
      "d1 called: true",
      "d2 called: true",
      "d2 unhandled: CancelledError",
      "d0 left: nothing",
      "d1 left: nothing",
      "d2 left: Failure(CancelledError)",
    ],
  },
  {
    name: "what is cancelled while it is cancelled",
    reason:
      "The second cancellation of a coroutine goes to what it waits for next. In " +
      "Twisted it is lost.",
    handled: "cut",
    how: "When that happens to a coroutine, or to a DeferredList.",
    program: program(
      2,
      both(0, 1, { kind: "same" }, cancel(2)),
      coroutine(2, [wait(0, true), wait(1)]),
      cancel(2),
    ),
    twisted: [
      "h1 got Failure(CancelledError)",
      "g0 caught CancelledError",
      "d0 called: true",
      "d1 called: false",
      "d2 called: true",
      "d0 left: nothing",
    ],
    here: [
      "h1 got Failure(CancelledError)",
      "g0 caught CancelledError",
      "g0 caught CancelledError",
      "d0 called: true",
      "d1 called: true",
      "d2 called: true",
      "d2 unhandled: CancelledError",
      "d0 left: nothing",
      "d1 left: nothing",
      "d2 left: Failure(CancelledError)",
    ],
  },
  {
    name: "a coroutine that returns a Deferred",
    reason: "It is the result, as it is; so it is in later versions of Twisted than the oracle's.",
    handled: "avoided",
    how: "No generator that is generated returns a Deferred.",
    program: program(1, coroutine(1, [], deferred(0))),
    twisted: ["g0 ends", "inlineCallbacks threw AssertionError", "d0 called: false"],
    here: ["g0 ends", "d0 called: false", "d1 called: true", "d1 left: d0"],
  },
  {
    name: "a paused coroutine",
    reason: "Its cancellation reaches it nevertheless. In Twisted it waits for unpause().",
    handled: "avoided",
    how: "Only plain Deferreds are paused.",
    program: program(1, coroutine(1, [wait(0)]), pause(1), cancel(1)),
    twisted: ["d0 called: false", "d1 called: true"],
    here: ["g0 caught CancelledError", "d0 called: true", "d1 called: true", "d0 left: nothing"],
  },
  {
    name: "a coroutine's Deferred that somebody else fires",
    reason: "It can be fired while the generator survives a cancellation: it has not been called.",
    handled: "avoided",
    how: "Only plain Deferreds are fired.",
    program: program(2, coroutine(2, [wait(0, true), wait(1)]), cancel(2), fire(2)),
    twisted: [
      "g0 caught CancelledError",
      "callback threw AlreadyCalledError",
      "d0 called: true",
      "d1 called: false",
      "d2 called: true",
      "d0 left: nothing",
    ],
    here: [
      "g0 caught CancelledError",
      "d0 called: true",
      "d1 called: false",
      "d2 called: true",
      "d0 left: nothing",
      "d2 left: 1",
    ],
  },
  {
    name: "a list that waits for another Deferred",
    reason:
      "Cancelling it cancels that, as with any Deferred. Twisted's DeferredList ignores " +
      "cancel() once it has fired.",
    handled: "adapted",
    how: "The oracle cancels it as a Deferred.",
    program: program(
      1,
      { op: "DeferredList", all: [], flags: [false, false, false], into: 1 },
      both(1, 0, deferred(0)),
      cancel(1),
    ),
    twisted: ["h0 got []", "d0 called: false", "d1 called: true"],
    here: [
      "h0 got []",
      "d0 called: true",
      "d1 called: true",
      "d1 unhandled: CancelledError",
      "d0 left: nothing",
      "d1 left: Failure(CancelledError)",
    ],
  },
  {
    name: "a run that is being finished",
    reason:
      "Those who run with a lock in turn, each done at once, take no call stack: the next is " +
      "served after what the one before returned, not inside its callbacks. Where both return " +
      "the same Deferred, one takes its result; in Twisted both get it.",
    handled: "cut",
    how: "When something is done with a Deferred of a run, or that a run gave, in the release.",
    program: program(
      1,
      { op: "acquireLock", into: 1 },
      fire(0),
      runLocked(2, 0, deferred(0)),
      runLocked(3, 1, deferred(0)),
      release,
    ),
    twisted: [
      "h0 got nothing",
      "h1 got nothing",
      "d0 called: true",
      "d1 called: true",
      "d2 called: true",
      "d3 called: true",
      "d0 left: nothing",
      "d1 left: DeferredLock",
      "d2 left: 1",
      "d3 left: 1",
    ],
    here: [
      "h0 got nothing",
      "h1 got nothing",
      "d0 called: true",
      "d1 called: true",
      "d2 called: true",
      "d3 called: true",
      "d0 left: nothing",
      "d1 left: DeferredLock",
      "d2 left: nothing",
      "d3 left: 1",
    ],
  },
  {
    name: "a racer that is given twice",
    reason: "It races once. In Twisted it is its own rival, and wins with nothing when it fails.",
    handled: "adapted",
    how: "The oracle takes each once.",
    program: program(1, race(1, 0, 0), fail(0)),
    twisted: ["d0 called: true", "d1 called: true", "d0 left: nothing", "d1 left: [1, nothing]"],
    here: [
      "d0 called: true",
      "d1 called: true",
      "d1 unhandled: FailureGroup([Failure(e1)])",
      "d0 left: nothing",
      "d1 left: Failure(FailureGroup([Failure(e1)]))",
    ],
  },
  {
    name: "a race that is cancelled in vain",
    reason:
      "Nobody wants the result of one that goes on all the same: it is dropped. In Twisted it " +
      "fails with AlreadyCalledError.",
    handled: "adapted",
    how: "The oracle drops it.",
    program: program(1, race(1, 0), pause(0), fire(0), cancel(1), unpause(0)),
    twisted: [
      "d0 called: true",
      "d1 called: true",
      "d0 unhandled: AlreadyCalledError",
      "d1 unhandled: CancelledError",
      "d0 left: Failure(AlreadyCalledError)",
      "d1 left: Failure(CancelledError)",
    ],
    here: [
      "d0 called: true",
      "d1 called: true",
      "d1 unhandled: CancelledError",
      "d0 left: nothing",
      "d1 left: Failure(CancelledError)",
    ],
  },
  {
    name: "a race that a loser cancels",
    reason:
      "What a loser does when it is cancelled does not undo the race: the winner's value is on " +
      "its way. In Twisted the race fails, and its winner with AlreadyCalledError.",
    handled: "adapted",
    how: "The oracle ignores the cancellation.",
    program: program(2, both(0, 0, { kind: "same" }, cancel(2)), race(2, 0, 1), fire(1)),
    twisted: [
      "h0 got Failure(CancelledError)",
      "d0 called: true",
      "d1 called: true",
      "d2 called: true",
      "d1 unhandled: AlreadyCalledError",
      "d2 unhandled: CancelledError",
      "d0 left: nothing",
      "d1 left: Failure(AlreadyCalledError)",
      "d2 left: Failure(CancelledError)",
    ],
    here: [
      "h0 got Failure(CancelledError)",
      "d0 called: true",
      "d1 called: true",
      "d2 called: true",
      "d0 left: nothing",
      "d1 left: nothing",
      "d2 left: [1, 1]",
    ],
  },
  {
    name: "a list that could never fire",
    reason: "A list of none that waits for a first value is a mistake, which is told at once.",
    handled: "adapted",
    how: "The oracle throws BadOptionError.",
    program: program(0, { op: "DeferredList", all: [], flags: [true, false, false], into: 0 }),
    twisted: ["d0 called: false"],
    here: ["DeferredList threw BadOptionError"],
  },
];
