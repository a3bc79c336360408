/**
 * skein: a reactor framework. One thread, wound so that it never tangles.
 *
 *   defer      Deferreds: results that are not there yet
 *   reactor    the loop, on a choice of backends
 *   task       calls repeated, calls later, work in steps, programs with an end
 *   protocols  what a connection does with its bytes
 *   endpoints  places to connect to: a host by its name, also by way of a SOCKS5 proxy
 *   threads    work in worker threads
 *   interop    (not here, as it is for Node alone: import it from skein/interop)
 *   testing    (not here: import it from skein/testing)
 */
export * from "./application/index.ts";
export * from "./defer/index.ts";
export * from "./endpoints/index.ts";
export * from "./protocols/index.ts";
export * from "./reactor/index.ts";
export * from "./task/index.ts";
export * from "./threads/index.ts";
