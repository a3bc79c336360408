/**
 * Requests to the system that have no answer yet, such as the reads of a file: each of them will
 * have one.
 *
 * Node's hooks tell of them, in later versions without the cost of telling of promises, too; in
 * others its list of active resources does, of files and names. (From 26 on, that lacks files.)
 */
import { type AsyncHooks, asyncHooks } from "../../core/context.ts";

/** From now on they are noticed, so far as this platform tells. */
export function watchRequests(): void {
  waiting ??= waitingByHooks() ?? waitingByResources();
}

/** Whether there is one, of those made since {@link watchRequests} was first called. */
export function requestsAreUnderWay(): boolean {
  return waiting?.() ?? false;
}

let waiting: (() => boolean) | undefined;

/** Files, names, and what is computed in libuv's threads; not what JavaScript calls a request. */
const REQUEST = /^(?:FSREQ|FILEHANDLECLOSEREQ|GET(?:ADDR|NAME)INFOREQ|(?!HTTP)[A-Z0-9]+REQUEST$)/;

function waitingByHooks(): (() => boolean) | undefined {
  const hooks = asyncHooks();
  if (hooks === undefined || !knowsTrackPromises(hooks)) return undefined;
  const open = new Set<number>();
  const answered = (id: number): void => void open.delete(id);
  hooks
    .createHook({
      init: (id, type) => {
        if (REQUEST.test(type)) open.add(id);
      },
      before: answered,
      destroy: answered,
      trackPromises: false,
    })
    .enable();
  return () => open.size > 0;
}

/** Those that know the option refuse a value of another type. */
function knowsTrackPromises({ createHook }: AsyncHooks): boolean {
  try {
    createHook({ trackPromises: "?" as never });
    return false;
  } catch {
    return true;
  }
}

function waitingByResources(): () => boolean {
  const { process } = globalThis as { process?: { getActiveResourcesInfo?(): string[] } };
  return () => {
    const resources = process?.getActiveResourcesInfo?.() ?? [];
    return resources.some((kind) => kind.includes("Req"));
  };
}
