/** What goes on outside virtual time. */
import { unwatched } from "../../core/unwatched.ts";

/** As they are when this is loaded: a test may have them replaced. */
const {
  setTimeout: realSetTimeout,
  clearTimeout: realClearTimeout,
  setImmediate: realSetImmediate,
} = globalThis;

/** Calls `action` after so many real seconds; returns the way to prevent it. */
export function afterRealSeconds(seconds: number, action: () => void): () => void {
  const timer = unwatched(() => realSetTimeout(action, seconds * 1000));
  return () => realClearTimeout(timer);
}

/** Resolves when what was under way has had so many macrotasks to settle, or `enough` says so. */
export async function settled(macrotasks: number, enough = (): boolean => false): Promise<void> {
  for (let i = 0; i < macrotasks && !enough(); i++) {
    await new Promise<void>((resolve) => {
      unwatched(() => realSetImmediate(resolve));
    });
  }
}
