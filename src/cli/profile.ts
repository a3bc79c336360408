import { closeSync, openSync, writeSync } from "node:fs";
import { Session } from "node:inspector";
import { messageOf } from "../core/errors.ts";
import { LaunchError } from "./launch-error.ts";

/**
 * Notes from now on where the processor's time goes; what is returned ends that and writes the
 * file, once.
 *
 * @throws LaunchError where the file cannot be written: now, rather than at the end.
 */
export function startProfile(path: string): () => void {
  const cannot = (error: unknown): LaunchError =>
    new LaunchError(`cannot write the profile ${path}: ${messageOf(error)}`);
  let file: number | undefined;
  try {
    file = openSync(path, "w");
  } catch (error) {
    throw cannot(error);
  }
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.start");
  return () => {
    if (file === undefined) return;
    // Answers come at once: the session is with this very thread.
    session.post("Profiler.stop", (_error, stopped) => {
      try {
        writeSync(file as number, JSON.stringify(stopped.profile));
      } catch (error) {
        console.error(`reactor: ${cannot(error).message}`);
      }
    });
    closeSync(file);
    file = undefined;
    session.disconnect();
  };
}
