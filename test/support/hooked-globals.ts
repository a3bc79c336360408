/**
 * Has the virtual globals hooked before any library is loaded. One process that loads all files
 * before it runs the first has them so by test/support/bridged.ts; of several, each loads its files
 * one by one, and whatever a library has kept by then it keeps for the files that follow.
 */
import { hookGlobals } from "skein/virtual/api";
// Before they are hooked.
export * as realFunctions from "./real-functions.ts";

hookGlobals();
