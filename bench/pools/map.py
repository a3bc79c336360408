"""multiprocessing.Pool.map, asked for rates: "workers:count" in, items a second out."""

import sys
import time
from multiprocessing import Pool


def increment(n):
    return n + 1


if __name__ == "__main__":
    pools = {}
    for line in sys.stdin:
        workers, count = (int(word) for word in line.split(":"))
        if workers not in pools:
            pools[workers] = Pool(workers)
        started = time.perf_counter()
        results = pools[workers].map(increment, range(count))
        rate = count / (time.perf_counter() - started)
        assert results[-1] == count
        print(rate, flush=True)
    for pool in pools.values():
        pool.terminate()
