/** Waits for what a function does, and returns the lines that it prints meanwhile. */
export async function printedBy(f: () => PromiseLike<unknown>): Promise<string[]> {
  const printed: string[] = [];
  const { log } = console;
  console.log = (text: string) => void printed.push(...text.split("\n"));
  try {
    await f();
  } finally {
    console.log = log;
  }
  return printed;
}
