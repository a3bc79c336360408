/** Deferreds: results that are not there yet. Usable alone: nothing here needs a reactor. */
export { DeferredFilesystemLock } from "./deferred-filesystem-lock.ts";
export { FilesystemLock } from "./filesystem-lock.ts";
export * from "./public.ts";
