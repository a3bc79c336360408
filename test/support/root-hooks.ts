/**
 * Mocha lets a test pass that leaves a rejected promise behind. Here it fails the test that was
 * running when it was found out.
 */
import type { RootHookObject } from "mocha";
// Before the tests, which may have them replaced.
export * as realFunctions from "./real-functions.ts";

const rejections: unknown[] = [];

const note = (reason: unknown): void => void rejections.push(reason);

process.on("unhandledRejection", note);

export const mochaHooks: RootHookObject = {
  beforeAll() {
    // Where several processes run the files, mocha takes it away after each.
    if (!process.listeners("unhandledRejection").includes(note)) {
      process.on("unhandledRejection", note);
    }
  },

  async afterEach() {
    // A rejection is found to be unhandled when the microtasks have run.
    await new Promise((resolve) => setImmediate(resolve));
    const [cause] = rejections.splice(0);
    if (cause !== undefined) {
      throw new Error("this test left a rejection that nobody handled", { cause });
    }
  },
};
