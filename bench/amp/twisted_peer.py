"""Twisted's side of the AMP benchmark: `serve`, or `ask PORT`, as server.ts and client.ts."""

import sys
import time

from twisted.internet import reactor, stdio
from twisted.internet.protocol import ClientFactory, Factory
from twisted.protocols import amp
from twisted.protocols.basic import LineOnlyReceiver


class Sum(amp.Command):
    arguments = [(b"a", amp.Integer()), (b"b", amp.Integer()), (b"note", amp.Unicode())]
    response = [(b"total", amp.Integer()), (b"note", amp.Unicode())]


class Adder(amp.AMP):
    def connectionMade(self):
        self.transport.setTcpNoDelay(True)

    @Sum.responder
    def sum(self, a, b, note):
        return {"total": a + b, "note": note}


class Run:
    def __init__(self, peer, calls, depth):
        self.peer, self.calls = peer, calls
        self.asked = self.answered = 0
        self.began = time.perf_counter()
        for _ in range(depth):
            self.ask()

    def ask(self):
        a = self.asked
        self.asked += 1
        asking = self.peer.callRemote(Sum, a=a, b=1, note="hello, there")
        asking.addCallback(self.got, a + 1)

    def got(self, answer, expected):
        assert answer["total"] == expected
        self.answered += 1
        if self.answered == self.calls:
            print(self.calls / (time.perf_counter() - self.began), flush=True)
        elif self.asked < self.calls:
            self.ask()


class Orders(LineOnlyReceiver):
    delimiter = b"\n"
    peer = None

    def lineReceived(self, line):
        calls, depth = line.split(b":")
        Run(self.peer, int(calls), int(depth))

    def connectionLost(self, reason):
        if reactor.running:
            reactor.stop()


class Asker(amp.AMP):
    def connectionMade(self):
        self.transport.setTcpNoDelay(True)
        orders.peer = self
        stdio.StandardIO(orders)


orders = Orders()
if sys.argv[1] == "serve":
    port = reactor.listenTCP(0, Factory.forProtocol(Adder), interface="127.0.0.1")
    print(port.getHost().port, flush=True)
    stdio.StandardIO(orders)
else:
    reactor.connectTCP("127.0.0.1", int(sys.argv[2]), ClientFactory.forProtocol(Asker))
reactor.run()
