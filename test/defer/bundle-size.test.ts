import { expect } from "chai";
import { bundle, transferBytes } from "../support/bundles.ts";
import { BUDGETS } from "../support/sizes.ts";

describe("the size of what a page loads", () => {
  for (const { title, contents, bytesMax } of BUDGETS) {
    it(`${title}: at most ${(bytesMax / 1024).toFixed(1)} KiB, minified and gzipped`, async () => {
      expect(await transferBytes(contents)).to.be.within(1000, bytesMax);
    });
  }

  it("counts what is used, and leaves the rest out", async () => {
    const contents = 'export { Deferred } from "skein/defer";';
    const text = await bundle(contents, { format: "esm", minify: true });
    expect(text).to.include("ERR_ALREADY_CALLED").and.not.include("ERR_QUEUE_OVERFLOW");
  });

  it("has the locks of the file system in no page's bundle, but their names", async () => {
    const text = await bundle('export * from "skein/defer";', { format: "esm" });
    expect(text).to.include("DeferredFilesystemLock").and.not.include("readdirSync");
  });
});
