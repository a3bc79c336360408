/**
 * Runs named checks in order, all of them even when one fails, and prints a line for each.
 *
 * @param steps pairs of a name and a function that returns `{ status, output }`
 * @returns {Promise<boolean>} whether every step succeeded
 */
export async function runSteps(steps) {
  let allGood = true;
  for (const [name, step] of steps) {
    const startedMs = performance.now();
    const { status, output } = await attempt(step);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    console.log(`${status === 0 ? "ok  " : "FAIL"}  ${name.padEnd(24)} ${seconds.padStart(5)} s`);
    if (status !== 0) {
      allGood = false;
      console.log(output.trimEnd().replaceAll(/^(?=.)/gm, "      "));
    }
  }
  return allGood;
}

/** A check that cannot even run has failed: the ones after it still get their turn. */
async function attempt(step) {
  try {
    return await step();
  } catch (error) {
    return { status: 1, output: error.stack };
  }
}
