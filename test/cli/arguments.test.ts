import { expect } from "chai";
import { expectMisuse, moduleFolder, reactor } from "../support/command.ts";

describe("reactor: arguments that cannot work", () => {
  const path = moduleFolder({
    "stops.mjs": "export default (reactor) => reactor.stop();",
    "greets.mjs": `const option = (type) => ({ type, help: "" });
      const [greeting, until, virtual] = ["string", "number", "boolean"].map(option);
      const options = { greeting, until, virtual };
      const greet = (reactor, { until, virtual }) => {
        console.log(until, virtual);
        reactor.stop();
      };
      export default Object.assign(greet, { options });`,
  });
  const seconds = (text: string, option = "--until"): string =>
    `${option} needs a number of seconds, not "${text}"`;
  const cases: [args: string[], sentence: string][] = [
    [[], "name a daemon to run"],
    [["--nope", "x.ts"], "there is no option --nope; daemon options come after the daemon"],
    [["--port=7000"], "there is no option --port; daemon options come after the daemon"],
    [["--backnd=clock", "x.ts"], "there is no option --backnd; did you mean --backend?"],
    [["--backend"], "--backend needs a value"],
    [["--backend", "--until", "5", "x.ts"], "--backend needs a value"],
    [["--until"], "--until needs a value"],
    [["--drain", "never", "x.ts"], seconds("never", "--drain")],
    [["--until="], seconds("")],
    [["--until", "soon", "x.ts"], seconds("soon")],
    [["--until", "-1", "x.ts"], seconds("-1")],
    [["--until", "Infinity", "x.ts"], seconds("Infinity")],
    [["--help=yes"], "--help takes no value"],
  ];
  for (const [args, sentence] of cases) {
    it(`${args.join(" ") || "no arguments"}: ${sentence}`, () => expectMisuse(args, sentence));
  }

  it("arguments after the daemon are the daemon's", async () => {
    const daemon = path("stops.mjs");
    await expectMisuse([daemon, "--under", "5"], "there is no option --under; there are none");
    await expectMisuse([daemon, "other.mjs"], 'unexpected argument "other.mjs"');
  });

  it("those of the command behind the daemon are told where they go", async () => {
    for (const args of [["--backend", "clock"], ["--backend=clock"], ["--greeting", "--backend"]]) {
      await expectMisuse(
        [path("greets.mjs"), ...args],
        "the daemon has no option --backend; that of reactor goes before the daemon",
      );
    }
    await expectMisuse(
      ["chat", "--no-virtual"],
      "the daemon has no option --no-virtual; that of reactor goes before the daemon",
    );
  });

  it("a daemon's own options win, where the command has some of the same name", async () => {
    const { status, stdout } = await reactor(path("greets.mjs"), "--until", "5", "--no-virtual");
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: "5 false\n" });
  });
});
