/** The work, in a thread or a process. */
import { deferLater } from "skein/task";
import { currentCall, workerReactor } from "skein/threads/worker";

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/**
 * Counts primes, a thousand numbers in a step. It tells how far it is, and ends when it is asked to
 * with what it has by then.
 */
export async function countPrimes(total: number, pauseSeconds: number): Promise<number> {
  const call = currentCall();
  const reactor = await workerReactor();
  let primes = 0;
  for (let done = 0; done < total && !call.cancelled;) {
    await deferLater(reactor, pauseSeconds, () => {}); // so that there is something to look at
    for (let n = done * 1000; n < (done + 1) * 1000; n++) if (isPrime(n)) primes++;
    call.reportProgress({ done: ++done, total } satisfies Progress);
  }
  return primes;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return n > 1;
}
