/** Those who want to know which reactors run, without having made them: `skein/virtual`. */
import { reactorBegan, reactorEnded } from "../core/thread.ts";
import type { ReactorCore } from "./capabilities.ts";

export interface RunObserver {
  /** Called in run(), before anything happens. */
  began(reactor: ReactorCore): void;
  /** Called when the run is over, before its Deferred fires. */
  ended(reactor: ReactorCore): void;
}

const observers = new Set<RunObserver>();

/** From now on `observer` is told of every run in this process; returns the way to end that. */
export function observeRuns(observer: RunObserver): () => void {
  observers.add(observer);
  return () => void observers.delete(observer);
}

export function tellRunBegan(reactor: ReactorCore): void {
  reactorBegan();
  for (const observer of observers) observer.began(reactor);
}

export function tellRunEnded(reactor: ReactorCore): void {
  reactorEnded();
  for (const observer of observers) observer.ended(reactor);
}
