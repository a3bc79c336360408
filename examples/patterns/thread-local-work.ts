/** What a thread keeps from call to call. Each thread loads this module, and has its own. */
import { type Barrier, ThreadLocal } from "skein/threading";

const heard = new ThreadLocal((): string[] => []);

/** Remembers the question; tells all that this thread has been asked. */
export async function ask(question: string, asked: Barrier): Promise<string> {
  heard.value.push(question);
  await asked.wait();
  return heard.value.join(", ");
}
