"""Twisted's AMP, as a server (`serve PEM`) or as a client (`connect PORT PEM`) of ours."""
import decimal
import datetime
import sys

from twisted.internet import defer, reactor, ssl
from twisted.internet.protocol import ClientFactory, Factory, Protocol
from twisted.protocols import amp
from twisted.protocols.basic import LineReceiver


class Custom(Exception):
    pass


class Gross(Exception):
    pass


TYPES = [
    (b"whole", amp.Integer()),
    (b"big", amp.Integer()),
    (b"raw", amp.String()),
    (b"text", amp.Unicode()),
    (b"yes", amp.Boolean()),
    (b"real", amp.Float()),
    (b"money", amp.Decimal()),
    (b"when", amp.DateTime()),
    (b"numbers", amp.ListOf(amp.Integer())),
    (b"people", amp.AmpList([(b"name", amp.Unicode()), (b"age", amp.Integer(optional=True))])),
    (b"missing", amp.Integer(optional=True)),
]


class All(amp.Command):
    arguments = TYPES
    response = TYPES


class Sum(amp.Command):
    arguments = [(b"a", amp.Integer()), (b"b", amp.Integer())]
    response = [(b"total", amp.Integer())]


class Fail(amp.Command):
    arguments = [(b"how", amp.Unicode())]
    errors = {Custom: b"CUSTOM"}
    fatalErrors = {Gross: b"GROSS"}


class Note(amp.Command):
    arguments = [(b"text", amp.Unicode())]
    requiresAnswer = False


class Nobody(amp.Command):
    pass


class Lines(amp.ProtocolSwitchCommand):
    pass


class Hang(amp.Command):
    pass


class Shout(LineReceiver):
    def lineReceived(self, line):
        self.sendLine(line.upper())


class Answering(amp.AMP):
    certificate = None
    notes = 0

    def connectionMade(self):
        self.hanging = []

    @All.responder
    def all(self, **values):
        return values

    @Sum.responder
    def sum(self, a, b):
        answer = {"total": a + b}
        if a % 3 == 0:
            later = defer.Deferred()
            reactor.callLater(0.001, later.callback, answer)
            return later
        return answer

    @Fail.responder
    def fail(self, how):
        if how == "custom":
            raise Custom("as you wish")
        if how == "gross":
            raise Gross("go away")
        raise RuntimeError("secret")

    @Note.responder
    def note(self, text):
        self.notes += 1
        return {}

    @Lines.responder
    def lines(self):
        return Shout()

    @Hang.responder
    def hang(self):
        self.hanging.append(defer.Deferred())
        if len(self.hanging) == 100:
            self.transport.abortConnection()
        return self.hanging[-1]

    @amp.StartTLS.responder
    def secure(self):
        return {"tls_localCertificate": self.certificate} if self.certificate else {}


def check(what, found, expected):
    if found != expected:
        raise AssertionError(f"{what}: {found!r}, not {expected!r}")


class Talker(LineReceiver):
    done = None

    def lineReceived(self, line):
        self.done.callback(line)


class Client(Answering):
    def connectionMade(self):
        Answering.connectionMade(self)
        self.run().addCallbacks(lambda _: say("all is well"), report)

    @defer.inlineCallbacks
    def run(self):
        utc = datetime.datetime(2020, 2, 29, 12, 34, 56, 123456, amp.utc)
        values = {
            "whole": -7,
            "big": 2**200,
            "raw": bytes(range(256)),
            "text": "t\u00e9 \U0001f9f6",
            "yes": True,
            "real": 1e-05,
            "money": decimal.Decimal("1.50"),
            "when": utc,
            "numbers": list(range(1000)),
            "people": [{"name": "Ada", "age": 36}, {"name": "Bo", "age": None}],
            "missing": None,
        }
        check("values", (yield self.callRemote(All, **values)), values)
        for how, expected in [("custom", Custom)]:
            try:
                yield self.callRemote(Fail, how=how)
            except expected as error:
                check("message", str(error), "as you wish")
            else:
                raise AssertionError(f"{how} did not fail")
        try:
            yield self.callRemote(Nobody)
        except amp.UnhandledCommand:
            pass
        for i in range(10):
            self.callRemote(Note, text=str(i))
        calls = [self.callRemote(Sum, a=a, b=1) for a in range(10_000)]
        totals = yield defer.gatherResults(calls)
        check("totals", [each["total"] for each in totals], list(range(1, 10_001)))
        yield self.callRemote(amp.StartTLS, tls_verifyAuthorities=[AUTHORITY])
        check("by TLS", (yield self.callRemote(Sum, a=20, b=1)), {"total": 21})
        check("certificate", self.peerCertificate.getSubject().commonName, b"tea.example")
        talker = Talker()
        talker.done = defer.Deferred()
        yield self.callRemote(Lines, ClientFactory.forProtocol(lambda: talker))
        talker.sendLine(b"hello")
        check("line", (yield talker.done), b"HELLO")


def say(what):
    print(what, flush=True)
    if reactor.running:
        reactor.stop()


def report(failure):
    say(failure.getTraceback())


if sys.argv[1] == "serve":
    with open(sys.argv[2]) as pem:
        Answering.certificate = ssl.PrivateCertificate.loadPEM(pem.read())
    port = reactor.listenTCP(0, Factory.forProtocol(Answering), interface="127.0.0.1")
    print(port.getHost().port, flush=True)
else:
    with open(sys.argv[3]) as pem:
        AUTHORITY = ssl.Certificate.loadPEM(pem.read())
    reactor.connectTCP("127.0.0.1", int(sys.argv[2]), ClientFactory.forProtocol(Client))
reactor.run()
