/**
 * skein/defer where there are no files. The locks in the file system can be named, so that a module
 * that has a use for them elsewhere can be loaded here; to make one throws.
 */
import type { DeferredFilesystemLock as RealDeferredLock } from "./deferred-filesystem-lock.ts";
import { NoFilesystemError } from "./filesystem-errors.ts";
import type { FilesystemLock as RealLock } from "./filesystem-lock.ts";

function NoFilesystemLock(): void {
  throw new NoFilesystemError();
}

export const FilesystemLock: typeof RealLock = NoFilesystemLock as unknown as never;
export type FilesystemLock = RealLock;
export const DeferredFilesystemLock: typeof RealDeferredLock = NoFilesystemLock as unknown as never;
export type DeferredFilesystemLock = RealDeferredLock;
export * from "./public.ts";
