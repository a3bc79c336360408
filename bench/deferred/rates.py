"""Twisted's side of the Deferred benchmarks: for each name on standard input, the rate per second."""
import sys
import time

from twisted.internet.defer import Deferred, inlineCallbacks, succeed


def increment(x):
    return x + 1


def chain(count):
    for _ in range(count):
        deferred = Deferred()
        for _ in range(10):
            deferred.addCallback(increment)
        deferred.callback(1)


@inlineCallbacks
def yield_fired(count):
    total = 0
    for _ in range(count):
        total += yield succeed(1)
    return total


@inlineCallbacks
def yield_waiting(count):
    total = 0
    for _ in range(count):
        deferred = Deferred()
        waiting.append(deferred)
        total += yield deferred
    return total


waiting = []


def fire_waiting(count):
    yield_waiting(count)
    while waiting:
        waiting.pop().callback(1)


TASKS = {"chain": chain, "yield fired": yield_fired, "yield waiting": fire_waiting}

for line in sys.stdin:
    name, count = line.rstrip("\n").split(":")
    started = time.perf_counter()
    TASKS[name](int(count))
    print(int(count) / (time.perf_counter() - started), flush=True)
