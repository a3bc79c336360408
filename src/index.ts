/**
 * skein: a reactor framework. One thread, wound so that it never tangles.
 *
 *   defer      Deferreds: results that are not there yet
 *   reactor    the loop, on a choice of backends
 *   task       calls repeated, calls later, work in steps, programs with an end
 *   log        what a daemon says while it runs
 *   protocols  what a connection does with its bytes
 *   endpoints  places to connect to and to listen at, by strings and as classes
 *   threads    work in worker threads
 *   amp        (not here, as its names are short: import it from skein/amp)
 *   threading  (not here, as its names are general: import it from skein/threading)
 *   interop    (not here, as it is for Node alone: import it from skein/interop)
 *   rxjs       (not here, as few have it: import it from skein/rxjs)
 *   web        (not here: sites by HTTP are in skein/web, WebSockets in skein/websocket)
 *   virtual    (not here, either: node --import skein/virtual, or import it from skein/virtual/api)
 *   testing    (not here: import it from skein/testing)
 */
export * from "./application/index.ts";
export * from "./defer/index.ts";
export * from "./endpoints/index.ts";
export * from "./log/index.ts";
export * from "./protocols/index.ts";
export * from "./reactor/index.ts";
export * from "./task/index.ts";
export * from "./threads/index.ts";
