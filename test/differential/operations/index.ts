/**
 * The table of operations. A new one is an entry here, and a function of the same name in
 * oracle.py; nothing else knows which there are.
 */
import type { Operation } from "../operation.ts";
import * as acquiring from "./acquiring.ts";
import { addBoth, addCallback, addCallbacks, addErrback } from "./adding.ts";
import { coroutine } from "./coroutine.ts";
import { callback, cancel, chainDeferred, errback, pause, unpause } from "./firing.ts";
import { deferredList, gather, raceOf } from "./gathering.ts";
import { get, put } from "./queueing.ts";
import { addTimeout, advance } from "./timeouts.ts";

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  addCallback,
  addErrback,
  addBoth,
  addCallbacks,
  callback,
  errback,
  cancel,
  pause,
  unpause,
  chainDeferred,
  addTimeout,
  advance,
  inlineCallbacks: coroutine,
  DeferredList: deferredList,
  gatherResults: gather,
  race: raceOf,
  acquireLock: acquiring.acquireLock,
  releaseLock: acquiring.releaseLock,
  runLocked: acquiring.runLocked,
  acquireSemaphore: acquiring.acquireSemaphore,
  releaseSemaphore: acquiring.releaseSemaphore,
  runWithSemaphore: acquiring.runWithSemaphore,
  put,
  get,
};
