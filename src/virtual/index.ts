/**
 * For `node --import skein/virtual app.ts`: from the beginning of the process its globals follow
 * the reactors on virtual time that it runs. docs/virtual.md has what that means. The calls by
 * which programs do so themselves are in `skein/virtual/api`.
 *
 * Options are in the environment: SKEIN_VIRTUAL_ALLOW, kinds of leaks with commas between them;
 * SKEIN_VIRTUAL_EPOCH and SKEIN_VIRTUAL_SEED.
 */
import { isMainThread } from "node:worker_threads";
import { followReactors } from "./follow.ts";
import type { LeakKind } from "./leak-error.ts";

/** Threads load it too. Nothing runs there that they could follow: their time is the real one. */
if (isMainThread) followAll();

function followAll(): void {
  const {
    SKEIN_VIRTUAL_ALLOW: allow = "",
    SKEIN_VIRTUAL_EPOCH: epoch,
    SKEIN_VIRTUAL_SEED: seed,
  } = process.env;

  const globals = followReactors({
    allow: allow.split(",").filter((kind) => kind !== "") as LeakKind[],
    ...(epoch !== undefined && { epoch }),
    ...(seed !== undefined && { seed }),
  });

  process.on("exit", () => {
    if (globals.leaks.length === 0) return;
    // Even if somebody has caught the error with which the run failed.
    process.exitCode ||= 1;
    try {
      globals.restore();
    } catch (error) {
      console.error(error);
    }
  });
}
