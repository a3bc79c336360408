/** Waits for what a function does, without what it prints meanwhile. */
export async function quietly<T>(f: () => PromiseLike<T>): Promise<T> {
  const { log } = console;
  console.log = () => {};
  try {
    return await f();
  } finally {
    console.log = log;
  }
}
