/**
 * Mocha lets a test pass that leaves a rejected promise behind. Here it fails the test that was
 * running when it was found out.
 */
import type { RootHookObject } from "mocha";
// Before the tests, which may have them replaced.
export * as realFunctions from "./real-functions.ts";

const rejections: unknown[] = [];

process.on("unhandledRejection", (reason) => rejections.push(reason));

export const mochaHooks: RootHookObject = {
  async afterEach() {
    // A rejection is found to be unhandled when the microtasks have run.
    await new Promise((resolve) => setImmediate(resolve));
    const [cause] = rejections.splice(0);
    if (cause !== undefined) {
      throw new Error("this test left a rejection that nobody handled", { cause });
    }
  },
};
