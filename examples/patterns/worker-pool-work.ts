/** Work for a processor. It runs in a thread of the pool. */

/** How many primes are among the thousand numbers from here. */
export function countPrimes(from: number): number {
  let count = 0;
  for (let n = from; n < from + 1000; n++) if (isPrime(n)) count++;
  return count;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return n > 1;
}
