import { expect } from "chai";
import { BadOptionError, type OptionDeclarations } from "skein";
import { parseOptions } from "../../src/application/command-line-options.ts";

const help = "";
const DECLARED = {
  greeting: { type: "string", default: "", help },
  port: { type: "number", default: 0, help },
  veryLoud: { type: "boolean", default: false, help },
  polite: { type: "boolean", default: true, help },
} satisfies OptionDeclarations;

describe("options on a command line", () => {
  const good: [args: string[], given: object][] = [
    [[], {}],
    [["--port", "8", "--greeting", "hi"], { port: 8, greeting: "hi" }],
    [["--port=8", "--greeting=a=b"], { port: 8, greeting: "a=b" }],
    [["--very-loud", "--polite"], { veryLoud: true, polite: true }],
    [["--no-polite", "--no-very-loud"], { polite: false, veryLoud: false }],
    [["--port", "-1.5", "--greeting", "-"], { port: -1.5, greeting: "-" }],
    [["--greeting=--port", "--port", "1", "--port", "2"], { greeting: "--port", port: 2 }],
    [["--greeting=", "--port=0"], { greeting: "", port: 0 }],
    [["--greeting", ""], { greeting: "" }],
  ];
  for (const [args, given] of good) {
    it(`${JSON.stringify(args)} gives ${JSON.stringify(given)}`, () => {
      expect(parseOptions(DECLARED, args)).to.deep.equal(given);
    });
  }

  const known = "there are: --greeting, --port, --very-loud, --polite";
  const bad: [args: string[], sentence: string][] = [
    [["--colour", "red"], `there is no option --colour; ${known}`],
    [["--colour=red"], `there is no option --colour=red; ${known}`],
    [["--veryLoud"], "there is no option --veryLoud; did you mean --very-loud?"],
    [["--no-port", "5"], `there is no option --no-port; ${known}`],
    [["--no-colour"], `there is no option --no-colour; ${known}`],
    [["-p"], `there is no option -p; ${known}`],
    [["--"], `there is no option --; ${known}`],
    [["7000"], 'unexpected argument "7000"'],
    [["--polite", "yes"], 'unexpected argument "yes"'],
    [["--port"], "--port needs a value"],
    [["--greeting", "--port", "5"], "--greeting needs a value"],
    [["--port", "seven"], '--port needs a number, not "seven"'],
    [["--port", ""], '--port needs a number, not ""'],
    [["--port", " "], '--port needs a number, not " "'],
    [["--port", "NaN"], '--port needs a number, not "NaN"'],
    [["--port=Infinity"], '--port needs a number, not "Infinity"'],
    [["--polite=no"], "--polite takes no value"],
    [["--no-polite=yes"], "--no-polite takes no value"],
  ];
  for (const [args, sentence] of bad) {
    it(`${JSON.stringify(args)} is refused: ${sentence}`, () => {
      expect(() => parseOptions(DECLARED, args))
        .to.throw(BadOptionError)
        .with.property("message", sentence);
    });
  }

  it("an option whose own name begins with no is told from one that is turned off", () => {
    const declared = {
      delay: { type: "boolean", default: true, help },
      noDelay: { type: "boolean", default: false, help },
    } satisfies OptionDeclarations;
    expect(parseOptions(declared, ["--no-delay"])).to.deep.equal({ noDelay: true });
    expect(parseOptions(declared, ["--no-no-delay"])).to.deep.equal({ noDelay: false });
  });

  it("a daemon without options takes none", () => {
    expect(parseOptions({}, [])).to.deep.equal({});
    expect(() => parseOptions({}, ["--port"])).to.throw(
      "there is no option --port; there are none",
    );
  });
});
