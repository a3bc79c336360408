/** Whether it is written down where things were made: costly, so that it has to be asked for. */
export let debugging = false;

/**
 * Turns debugging on or off: whether Deferreds made from now on remember where they were made and
 * fired. AlreadyCalledError then says where the first call was, and the report of an unhandled
 * failure where its Deferred came from. It costs time and memory with each Deferred.
 *
 * ```ts
 * import { Deferred, setDebugging } from "skein/defer";
 *
 * setDebugging(true);
 * const deferred = new Deferred<number>();
 * deferred.callback(1);
 * try {
 *   deferred.callback(2);
 * } catch (error) {
 *   console.log((error as Error).message.split("\n")[1]); // → it was made:
 * }
 * setDebugging(false);
 * ```
 */
export function setDebugging(on: boolean): void {
  debugging = on;
}

/** Whether debugging is on. */
export function getDebugging(): boolean {
  return debugging;
}
