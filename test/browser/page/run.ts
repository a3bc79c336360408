/** Defines and runs tests in a page, and tells the server that it came from. */
interface Outcome {
  readonly file: string;
  readonly title: string;
  readonly error: string | undefined;
}

declare const mocha: { run(): Mocha.Runner };

const outcomes: Outcome[] = [];

/**
 * The tests of a file, but for those with `unfit` titles. What it throws when it is loaded is a
 * failure of its own, and so is it when there are no such titles.
 */
export function suite(file: string, load: () => unknown, unfit?: RegExp): void {
  const whole = describe(file, () => {
    try {
      load();
    } catch (error) {
      it("can be loaded", () => {
        throw error;
      });
    }
  });
  if (unfit === undefined) return;
  let skipped = 0;
  whole.eachTest((test) => {
    if (!unfit.test(test.title)) return;
    test.pending = true;
    skipped++;
  });
  if (skipped > 0) return;
  describe(file, () => {
    it("has the tests that are said to be unfit for a page", () => {
      throw new Error(`no title is like ${unfit}`);
    });
  });
}

export function run(): void {
  mocha
    .run()
    .on("pass", (test) => note(test))
    .on("fail", note)
    .on("end", () => void fetch("/outcomes", { method: "POST", body: JSON.stringify(outcomes) }));
}

function note(test: Mocha.Runnable, error?: Error): void {
  const [file = "", ...titles] = test.titlePath();
  const text = error === undefined ? undefined : (error.stack ?? String(error));
  outcomes.push({ file, title: titles.join(" "), error: text });
}
