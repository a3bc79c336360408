import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSources, root } from "./support/read-sources.ts";
import { runSample } from "./support/run-sample.ts";
import { compileSamples, writeSamples, type Complaint } from "./support/sample-files.ts";
import { samplesInMarkdown, samplesInSource, type Sample } from "./support/samples.ts";

const COMPILE_TIMEOUT_MS = 60_000;

describe("samples in the documentation", () => {
  const samples = allSamples();
  let complaints: readonly Complaint[] = [];

  const complaintsAbout = (sample: Sample | undefined): string =>
    complaints
      .filter((complaint) => complaint.sample === sample)
      .map(({ text }) => text)
      .join("\n");

  before(async function () {
    this.timeout(COMPILE_TIMEOUT_MS);
    writeSamples(samples);
    if (samples.length > 0) complaints = await compileSamples(samples);
  });

  it("find what they import in order", () => {
    expect(complaintsAbout(undefined)).to.equal("");
  });

  for (const sample of samples) {
    it(`${sample.document}:${sample.line}${sample.runs ? "" : " (compiled only)"}`, async () => {
      expect(complaintsAbout(sample)).to.equal("");
      const printed = sample.runs ? await runSample(sample) : [];
      if (sample.runs && sample.expected.length > 0) {
        expect(printed).to.deep.equal(sample.expected);
      }
    });
  }
});

function allSamples(): Sample[] {
  const readme = join(root, "README.md");
  return [
    ...(existsSync(readme) ? samplesInMarkdown("README.md", readFileSync(readme, "utf8")) : []),
    ...[...readSources("docs", ".md")].flatMap((file) => samplesInMarkdown(...file)),
    ...[...readSources("src", ".ts")].flatMap((file) => samplesInSource(...file)),
  ];
}
