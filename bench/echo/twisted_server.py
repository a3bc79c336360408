"""Twisted's echo server, as serve.ts wants it."""

import resource
import sys

from twisted.internet import reactor, stdio
from twisted.internet.protocol import Factory, Protocol
from twisted.protocols.basic import LineOnlyReceiver


class Echo(Protocol):
    def connectionMade(self):
        self.transport.setTcpNoDelay(True)

    def dataReceived(self, data):
        self.transport.write(data)


class Questions(LineOnlyReceiver):
    delimiter = b"\n"

    def lineReceived(self, line):
        if line == b"memory":
            with open("/proc/self/statm") as statm:
                answer = int(statm.read().split()[1]) * resource.getpagesize()
        else:
            used = resource.getrusage(resource.RUSAGE_SELF)
            answer = used.ru_utime + used.ru_stime
        self.sendLine(str(answer).encode())

    def connectionLost(self, reason):
        if reactor.running:
            reactor.stop()


port = reactor.listenTCP(0, Factory.forProtocol(Echo), interface="127.0.0.1")
print(port.getHost().port)
sys.stdout.flush()
stdio.StandardIO(Questions())
reactor.run()
