import { expect } from "chai";
import fc from "fast-check";
import { flagOf } from "../../src/application/option-declarations.ts";
import { BadOptionError } from "../../src/core/errors.ts";
import { parseCommandLine } from "../../src/cli/command-line.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { optionRows } from "../../src/cli/options.ts";
import { UsageError } from "../../src/cli/usage-error.ts";
import { DAEMONS } from "../../src/daemons/table.ts";

describe("the command line", () => {
  it("is options, then a daemon, then what is the daemon's", () => {
    const line = ["--backend", "clock", "--drain=0", "--watch", "tea.ts", "--until", "5", "new"];
    expect(parseCommandLine(line)).to.deep.equal({
      what: "run",
      options: { backend: "clock", drain: 0, watch: true },
      daemon: "tea.ts",
      args: ["--until", "5", "new"],
    });
  });

  it("takes what comes last, and lists as a whole", () => {
    const line = ["--until", "1", "--until=2", "--allow", "fs,zlib", "--allow=dns", "x"];
    expect(parseCommandLine(line)).to.deep.include({
      options: { until: 2, allow: ["fs", "zlib", "dns"] },
    });
  });

  it("is a command's word, and what is behind it", () => {
    const line = parseCommandLine(["new", "tea", "--skein", "x"]);
    expect(line).to.deep.include({ what: "command", word: "new", args: ["tea", "--skein", "x"] });
  });

  it("has names that do not collide, and explanations in one manner", () => {
    const flags = optionRows().map(([name]) => flagOf(name));
    const names = [...flags, ...Object.keys(COMMANDS), ...Object.keys(DAEMONS)];
    expect(new Set(names).size).to.equal(names.length);
    for (const { help } of [...optionRows().map(([, row]) => row), ...Object.values(COMMANDS)]) {
      expect(help).to.match(/^[a-z].*[^.]$/);
    }
  });

  it("whatever it is, gives something or says what is wrong (fuzz)", () => {
    const words = [...optionRows().map(([name]) => flagOf(name)), ...Object.keys(COMMANDS)];
    const word = fc.oneof(
      fc.constantFrom(...words, "tea.ts", "", "-", "--", "=", "-1", "__proto__", "constructor"),
      fc.tuple(fc.constantFrom(...words), fc.string()).map(([flag, value]) => `${flag}=${value}`),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word), (args) => {
        try {
          expect(parseCommandLine(args).what).to.be.oneOf(["run", "command"]);
        } catch (error) {
          if (!(error instanceof UsageError) && !(error instanceof BadOptionError)) throw error;
          expect(error.message).not.to.equal("");
        }
      }),
    );
  });
});
