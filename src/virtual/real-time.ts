/** Real time, for timers that were held while nobody knew on which time the program would run. */
import type { Happening, VirtualTime } from "../reactor/virtual-time.ts";

/** Of Node, as they are before anything is replaced. */
const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout, performance } = globalThis;
const realNow = performance.now.bind(performance);

export const REAL_TIME: VirtualTime = {
  seed: 0,
  seconds: () => realNow() / 1000,
  happen(delaySeconds: number, _what: string, action: () => void): Happening {
    const timer = realSetTimeout(action, delaySeconds * 1000);
    return {
      get background() {
        return !timer.hasRef();
      },
      set background(yes) {
        if (yes) timer.unref();
        else timer.ref();
      },
      cancel: () => realClearTimeout(timer),
    };
  },
  watch: () => () => {},
};
