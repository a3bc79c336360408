"""Twisted's protocols of strings: a server that sends back each string, or a client of one."""
import sys

from twisted.internet import reactor
from twisted.internet.protocol import ClientFactory, Factory
from twisted.protocols import basic

what, name = sys.argv[1:3]
base = getattr(basic, name)


class Echo(base):
    MAX_LENGTH = 2_000_000

    def stringReceived(self, string):
        self.sendString(string)


class Client(base):
    MAX_LENGTH = 2_000_000

    def connectionMade(self):
        self.expected = [bytes([i % 256]) * (i * i % 7000) for i in range(200)]
        if name == "Int32StringReceiver":
            self.expected.append(b"x" * 1_000_000)
        for string in self.expected:
            self.sendString(string)

    def stringReceived(self, string):
        if string != self.expected.pop(0):
            print("another string came back", flush=True)
            self.transport.loseConnection()
        elif not self.expected:
            print("all came back", flush=True)
            self.transport.loseConnection()

    def connectionLost(self, reason):
        reactor.stop()


if what == "serve":
    port = reactor.listenTCP(0, Factory.forProtocol(Echo), interface="127.0.0.1")
    print(port.getHost().port, flush=True)
else:
    reactor.connectTCP("127.0.0.1", int(sys.argv[3]), ClientFactory.forProtocol(Client))
reactor.run()
