"""Twisted's side of the line benchmark: for each name on standard input, the rate per second."""
import sys
import time

from twisted.internet.testing import StringTransport
from twisted.protocols.basic import LineOnlyReceiver, LineReceiver


def lines(count):
    state = 1
    for _ in range(count):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        yield b"x" * (20 + state % 61)


def receive(base, count):
    class Counting(base):
        seen = 0

        def lineReceived(self, line):
            self.seen += 1

    data = b"".join(line + b"\r\n" for line in lines(count))
    receiver = Counting()
    receiver.makeConnection(StringTransport())
    started = time.perf_counter()
    for at in range(0, len(data), 65536):
        receiver.dataReceived(data[at : at + 65536])
    elapsed = time.perf_counter() - started
    assert receiver.seen == count
    return elapsed


TASKS = {"LineReceiver": LineReceiver, "LineOnlyReceiver": LineOnlyReceiver}

for line in sys.stdin:
    name, count = line.rstrip("\n").split(":")
    print(int(count) / receive(TASKS[name], int(count)), flush=True)
