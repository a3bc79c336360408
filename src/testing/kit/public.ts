/** What the entry points of all runners have beside their `reactorTests`. */
export * from "./errors.ts";
export type { ReactorTest, ReactorTestOptions, TestBackend } from "./reactor-tests.ts";
export type { ReactorTestBody, ReactorTestContext } from "./test-run.ts";
