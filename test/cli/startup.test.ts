import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { emptyFolder } from "../support/command-folder.ts";
import { start } from "../support/command.ts";

describe("reactor: what is loaded to say something", () => {
  const temporary = emptyFolder();

  /** The modules of skein's that a command has loaded, from their folder on. */
  async function loadedBy(...args: string[]): Promise<string[]> {
    await start(args, [], { NODE_V8_COVERAGE: temporary() }).ended;
    return readdirSync(temporary()).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(temporary(name), "utf8")) as {
        result: { url: string }[];
      };
      return result.flatMap(({ url }) => /\/dist\/(.+)$/.exec(url)?.[1] ?? []);
    });
  }

  for (const args of [["--help"], ["--version"], ["--nope"], ["completions", "bash"]]) {
    it(`${args.join(" ")} does without a reactor, and daemons`, async () => {
      const loaded = await loadedBy(...args);
      expect(loaded).to.include("cli/main.js");
      expect(
        loaded.filter((path) => /^(?:reactor|protocols|defer|virtual)\//.test(path)),
      ).to.deep.equal([]);
      expect(loaded.length).to.be.below(30);
    });
  }
});
