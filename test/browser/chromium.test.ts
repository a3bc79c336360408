import { expect } from "chai";
import { hasChromium, inChromium } from "./chromium.ts";
import { pageScript, pageTests } from "./page-tests.ts";

const MINUTES_2 = 120_000;

/** How a case of a test file ended in the page. */
interface Outcome {
  readonly file: string;
  readonly title: string;
  readonly error?: string;
}

describe("in Chromium", () => {
  if (!hasChromium) {
    it("timer, clock and Deferreds (not here: chromium is not installed)", function () {
      if (process.env["CI"] === undefined) this.skip();
      throw new Error("chromium is not installed (Debian: chromium)");
    });
    return;
  }

  const files = pageTests();
  let outcomes: readonly Outcome[];

  before(async function () {
    this.timeout(MINUTES_2);
    outcomes = JSON.parse(await inChromium(await pageScript(files))) as Outcome[];
  });

  for (const file of files) {
    it(file, () => {
      const cases = outcomes.filter((outcome) => outcome.file === file);
      const failed = cases.filter(({ error }) => error !== undefined);
      const texts = failed.map(({ title, error }) => `${title}: ${error}`);
      expect(texts.join("\n\n")).to.equal("");
      expect(cases).to.not.deep.equal([]);
    });
  }

  it("most tests of Deferreds are run there, and the contract", () => {
    expect(files.filter((file) => file.startsWith("test/defer/")).length).to.be.greaterThan(30);
    expect(files).to.include("test/browser/page/contract.page.ts");
    expect(outcomes.length).to.be.greaterThan(1000);
  });
});
