"""threading.Lock, queue.Queue and multiprocessing.Queue: "name:count" in, rates a second out."""

import multiprocessing
import queue
import sys
import threading
import time


def lock(count):
    made = threading.Lock()
    for _ in range(count):
        made.acquire()
        made.release()


def take(source, count):
    for _ in range(count):
        source.get()


def put(target, count):
    for number in range(count):
        target.put({"number": number, "text": "a job"})


def between(made, kind, count):
    taker = kind(target=take, args=(made, count))
    taker.start()
    put(made, count)
    taker.join()


TASKS = {
    "lock": lock,
    "queue": lambda count: between(queue.Queue(1000), threading.Thread, count),
    "multiprocessing": lambda count: between(
        multiprocessing.Queue(1000), multiprocessing.Process, count
    ),
}

if __name__ == "__main__":
    for line in sys.stdin:
        name, count = line.strip().split(":")
        started = time.perf_counter()
        TASKS[name](int(count))
        print(int(count) / (time.perf_counter() - started), flush=True)
