/** Virtual globals by calls: `skein/virtual` itself is for `node --import`. */
export { followReactors } from "./follow.ts";
export { hookGlobals } from "./globals.ts";
export { installVirtualGlobals } from "./install.ts";
export { type Leak, type LeakKind, VirtualLeakError } from "./leak-error.ts";
export { LEAK_KINDS } from "./leaks.ts";
export type { VirtualOptions } from "./session.ts";
export type { VirtualGlobals } from "./virtual-globals.ts";
