import { expect } from "chai";
import { type Ending, start } from "../support/command.ts";

const DAEMON = "test/fixtures/daemons/environment.js";

const run = (env: Record<string, string>, ...args: string[]): Promise<Ending> =>
  start([DAEMON, ...args], [], env).ended;

describe("reactor: the environment", () => {
  it("gives the options that the command line does not, which wins", async () => {
    const env = {
      SHOUT_PORT: "8",
      SHOUT_LEVEL: "never read",
      SHOUT_WORDS: "a,b",
      SHOUT_KEY: "k",
    };
    const { status, stdout, stderr } = await run(env, "--level", "loud");
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).to.deep.equal({
      port: 8,
      level: "loud",
      words: ["a", "b"],
      key: "k",
    });
  });

  const misuses: [env: Record<string, string>, args: string[], sentence: string][] = [
    [{ SHOUT_PORT: "eight" }, ["--key=k"], 'SHOUT_PORT needs a whole number, not "eight"'],
    [{}, ["--port=8"], "--key (or SHOUT_KEY) must be given"],
    [{}, ["--prot=8"], "there is no option --prot=8; did you mean --port?"],
  ];
  for (const [env, args, sentence] of misuses) {
    it(`is used wrongly: ${sentence}`, async () => {
      expect(await run(env, ...args)).to.deep.equal({
        status: 2,
        signal: null,
        stdout: "",
        stderr: `reactor: ${sentence}\nTry: reactor --help\n`,
      });
    });
  }

  it("is in the help, which needs nothing, and shows no secrets", async () => {
    const { status, stdout } = await run({ SHOUT_KEY: "k", SHOUT_PORT: "eight" }, "--help");
    expect({ status, stdout }).to.deep.equal({
      status: 0,
      stdout: [
        `Usage: reactor ${DAEMON} [options]`,
        "",
        "Prints its options.",
        "",
        "  --port INTEGER      where to say it (default: 7000; env: SHOUT_PORT)",
        "  --level soft|loud   how to say it (default: soft; env: SHOUT_LEVEL)",
        "  --words STRING ...  what to say (default: hello; env: SHOUT_WORDS)",
        "  --key STRING        who says it (required; env: SHOUT_KEY)",
        "",
      ].join("\n"),
    });
  });
});
