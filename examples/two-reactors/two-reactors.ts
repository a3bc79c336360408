/**
 * Two reactors under one, and the same code on each: a metronome beats on Node's loop, another one on
 * plain timers. `MetaReactor` starts the two in order, and stops them in the opposite one.
 */
import { createReactor, Deferred, gatherResults, LoopingCall, MetaReactor } from "skein";
import type { Reactor } from "skein";

/** Beats so often, and tells each time; knows one reactor, and nothing of another. */
export function metronome(
  reactor: Reactor,
  { beats, seconds }: { readonly beats: number; readonly seconds: number },
  tell: (beat: number) => void,
): Deferred<unknown> {
  let beat = 0;
  const call = new LoopingCall(reactor, () => {
    tell(++beat);
    if (beat === beats) call.stop();
  });
  return call.start(seconds);
}

/** Runs a metronome on each of the reactors, until all have ended. */
export function run(
  reactors: readonly Reactor[],
  beats: number,
  seconds: number,
  print: (line: string) => void,
): Deferred<void> {
  const all = new MetaReactor(reactors);
  const stopped = all.run();
  const ended = reactors.map((reactor, i) => {
    const begun = new Deferred<void>();
    reactor.callWhenRunning(() => begun.callback());
    return begun.addCallback(() =>
      metronome(reactor, { beats, seconds }, (beat) =>
        print(`${i}: ${beat} on ${reactor.backend}`),
      ),
    );
  });
  gatherResults(ended).addBoth(() => all.stop());
  return stopped;
}

// Unless a test has imported it.
if (process.argv[1]?.includes("two-reactors")) {
  await run([createReactor("libuv"), createReactor("timer")], 3, 0.1, console.log);
}
