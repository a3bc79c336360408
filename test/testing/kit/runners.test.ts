import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "../../support/read-sources.ts";

const TIMEOUT_MS = 60_000;

/** What a runner has said of the tests in test/fixtures/kit, by their titles. */
type Report = ReadonlyMap<string, { readonly outcome: string; readonly why: string }>;

function output(args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    // It is not to believe that it is part of the run that goes on.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, FORCE_COLOR: "0" },
  });
  // mocha says how many have failed.
  if (status === 0 || status === null) throw new Error(`status ${status}: ${stdout}${stderr}`);
  return stdout;
}

const SOURCES = ["-C", "@skein/source", "--import", "tsx"];

function ofMocha(): Report {
  const mocha = join(root, "node_modules/mocha/bin/mocha.js");
  const options = ["--no-config", "--extension", "ts", "--reporter", "json"];
  const file = "test/fixtures/kit/mocha-kitchen.ts";
  const { passes, pending, failures } = JSON.parse(
    output([...SOURCES, mocha, ...options, file]),
  ) as Record<string, { title: string; err: { message?: string } }[]>;
  const entries = (tests: typeof passes, outcome: string) =>
    (tests ?? []).map(({ title, err }) => [title, { outcome, why: err.message ?? "" }] as const);
  return new Map([
    ...entries(passes, "passed"),
    ...entries(pending, "skipped"),
    ...entries(failures, "failed"),
  ]);
}

function ofNode(): Report {
  const tap = output([...SOURCES, "--test-reporter=tap", "test/fixtures/kit/node-kitchen.ts"]);
  const results = tap.split(/^ {4}# Subtest: /m).slice(1);
  return new Map(
    results.map((text) => {
      const [title = ""] = text.split("\n");
      const failed = /^ {4}not ok/m.test(text);
      const outcome = failed ? "failed" : text.includes("# SKIP") ? "skipped" : "passed";
      return [title, { outcome, why: text.replaceAll(/^ {8}/gm, "") }] as const;
    }),
  );
}

function ofVitest(): Report {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const config = "test/fixtures/kit/vitest.config.mjs";
  const report = JSON.parse(output([vitest, "run", "--config", config, "--reporter=json"])) as {
    testResults: { assertionResults: unknown[] }[];
  };
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults) as {
    title: string;
    status: string;
    failureMessages: string[];
  }[];
  return new Map(
    tests.map(({ title, status, failureMessages }) => [
      title,
      { outcome: status, why: failureMessages.join("\n") },
    ]),
  );
}

describe("a test of the kit, in a runner", () => {
  const runners = [
    ["mocha", ofMocha],
    ["node --test", ofNode],
    ["vitest", ofVitest],
  ] as const;

  for (const [name, run] of runners) {
    it(`passes, fails and is skipped as it should in ${name}`, function () {
      this.timeout(TIMEOUT_MS);
      const report = run();
      expect(Array.from(report, ([title, { outcome }]) => [title, outcome])).to.have.deep.members([
        ["brews for an hour", "passed"],
        ["leaves the stove on", "failed"],
        ["leaves a port open", "failed"],
        ["comes after those, to a clean kitchen", "passed"],
        ["drops a cup", "failed"],
        ["drops a promise", "failed"],
        ["waits for the cows to come home", "failed"],
        ["is skipped", "skipped"],
        ["brews on either stove (libuv)", "passed"],
        ["brews on either stove (clock)", "passed"],
      ]);
      const why = (title: string): string | undefined => report.get(title)?.why;
      expect(why("leaves the stove on")).to.match(
        /left 1 thing on its reactor:\s+delayed call: boil\(\), at 60 s\s+at .*kitchen\.ts/,
      );
      expect(why("leaves a port open")).to.match(/port: 0\.0\.0\.0:7000\s+at .*kitchen\.ts/);
      expect(why("drops a cup")).to.match(/RangeError: the cup broke\s+at .*kitchen\.ts/);
      expect(why("drops a promise")).to.include("the promise broke");
      expect(why("waits for the cows to come home")).to.include("waits for what will never happen");
    });
  }
});
