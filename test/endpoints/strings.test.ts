import { expect } from "chai";
import {
  type ClientEndpoint,
  clientFromString,
  datagramFromString,
  EndpointParser,
  EndpointStringError,
  quoteStringArgument,
  serverFromString,
} from "skein/endpoints";
import { Factory, Protocol } from "skein/protocols";
import { createReactor, NoCapabilityError, type Reactor } from "skein/reactor";

type Read = (reactor: Reactor, string: string) => unknown;

const KINDS: Readonly<Record<string, Read>> = {
  server: serverFromString,
  client: clientFromString,
  datagram: datagramFromString,
};

/** For each: what is wrong, with a caret below the place, as the message shows it. */
const WRONG: readonly (readonly [kind: string, string: string, caret: string, why: RegExp])[] = [
  [
    "server",
    "",
    "^",
    /^an endpoint string begins with its prefix\. Those for servers are: haproxy, memory,/,
  ],
  ["server", ":8080", "^", /begins with its prefix/],
  [
    "server",
    "8080",
    "^",
    /"8080"; did you mean "tcp:8080"\? Those .*: haproxy, memory, ssl, stdio, /,
  ],
  ["server", "tpc:8080", "^", /no endpoint prefix "tpc"; did you mean "tcp"\?/],
  ["server", "TCP:8080", "^", /did you mean "tcp"\?/],
  ["server", "__proto__:1", "^", /no endpoint prefix "__proto__"\. /],
  ["server", "constructor:1", "^", /no endpoint prefix "constructor"\. /],
  ["client", "tcp6:host:1", "^", /"tcp6" is for servers\. Those for clients are: memory, process/],
  ["server", "udp:7", "^", /"udp" is for datagrams\. Those for servers are:/],
  ["server", "process:sort", "^", /"process" is for clients\./],
  ["datagram", "tcp:7", "^", /"tcp" is for servers and clients\. Those for datagrams are: udp/],
  ["server", "tcp", "   ^", /^the port of "tcp" is missing\n/],
  ["server", "tcp:", "    ^", /the port of "tcp" must not be empty/],
  ["server", "tcp:interface=127.0.0.1", "                       ^", /port of "tcp" is missing/],
  ["server", "tcp:http", "    ^", /must be a whole number from 0 to 65535, not "http"/],
  ["server", "tcp:65536", "    ^", /must be a whole number from 0 to 65535, not "65536"/],
  ["server", "tcp:-1", "    ^", /not "-1"/],
  ["server", "tcp:8e3", "    ^", /not "8e3"/],
  ["server", "tcp: 80", "    ^", /not " 80"/],
  ["client", "tcp:host:0", "         ^", /from 1 to 65535, not "0"/],
  ["client", "tcp:host", "        ^", /the port of "tcp" is missing/],
  ["client", "tcp::80", "    ^", /the host of "tcp" must not be empty/],
  [
    "server",
    "tcp:80:90",
    "       ^",
    /"tcp" takes port, then name=value, with: interface, backlog/,
  ],
  ["server", "tcp:80:", "       ^", /this is one too many/],
  [
    "server",
    "tcp:80:backlgo=5",
    "       ^",
    /no option "backlgo"; did you mean "backlog"\? It has/,
  ],
  ["server", "tcp:80:=5", "       ^", /"tcp" has no option ""\. It has: port, interface, backlog/],
  ["server", "tcp:80:toString=5", "       ^", /"tcp" has no option "toString"\./],
  ["server", "tcp:80:backlog=1:backlog=2", "                 ^", /"backlog" is given twice/],
  ["server", "tcp:80:port=81", "       ^", /"port" is given twice/],
  ["server", "tcp:80:backlog=0", "               ^", /whole number from 1 to/],
  ["server", "tcp:80:interface=home", "                 ^", /must be an IP address, not "home"/],
  ["server", "tcp:80:interface=::1", "                  ^", /one too many\. A ":" in a value is/],
  ["server", String.raw`tcp:80\x`, "    ^", /not "80x"/],
  ["server", "tcp:80\\", "      ^", /a backslash at the end escapes nothing: write \\\\/],
  ["client", "tcp:host:80:timeout=soon", "                    ^", /seconds over 0, not "soon"/],
  ["client", "tcp:host:80:timeout=0", "                    ^", /seconds over 0, not "0"/],
  ["server", "unix:", "     ^", /the path of "unix" must not be empty/],
  ["server", `unix:${"x".repeat(108)}`, "     ^", /at most 107 bytes, and no NUL/],
  ["server", "unix:/tea:mode=rw", "               ^", /permissions in octal digits .*, not "rw"/],
  ["server", "unix:/tea:mode=888", "               ^", /not "888"/],
  ["server", "unix:/tea:mode=1777", "               ^", /not "1777"/],
  ["server", "unix:/tea:mode=", "               ^", /the mode of "unix" must not be empty/],
  ["server", "memory:", "       ^", /the name of "memory" must not be empty/],
  ["server", "memory", "      ^", /the name of "memory" is missing/],
  ["server", "ssl:443", "       ^", /the privateKey of "ssl" is missing/],
  ["server", "tls:privateKey=k", "                ^", /the port of "tls" is missing/],
  ["server", "ssl:1:privateKey=k:endpoint=x", "    ^", /beside "endpoint" there can be no "port"/],
  [
    "server",
    String.raw`tls:privateKey=k:endpoint=tcp\:`,
    "                               ^",
    /port/,
  ],
  ["client", String.raw`tls:h:endpoint=tcp\:h\:x`, "                       ^", /not "x"/],
  ["client", String.raw`tls:h:endpoint=tpc\:h`, "               ^", /did you mean "tcp"/],
  ["client", "tls:h:1:certKey=c", "                ^", /a "certKey" needs its "privateKey"/],
  ["client", "tls:h:1:protocols=h2,,x", "                  ^", /names of 1 to 255 characters/],
  ["server", "systemd:", "        ^", /"systemd" takes no values, then name=value, with: domain/],
  ["server", "systemd:index=0", "               ^", /the domain of "systemd" is missing/],
  [
    "server",
    "systemd:domain=IPX:index=0",
    "               ^",
    /one of INET, INET6, UNIX, not "IPX"/,
  ],
  ["server", "systemd:domain=INET", "                   ^", /an index or a name/],
  ["server", "systemd:domain=INET:index=0:name=a", "                          ^", /not by both/],
  ["client", "process:", "        ^", /the command of "process" must not be empty/],
  [
    "client",
    "process:x:--a=b",
    "          ^",
    /no option "--a"\. It has: .*"=" in a value is written "\\="/,
  ],
  ["datagram", "udp:7:maxPacketSize=x", "                    ^", /from 0 to 65535, not "x"/],
];

const RIGHT: readonly (readonly [kind: string, string: string])[] = [
  ["server", "tcp:0"],
  ["server", "tcp:port=8080"],
  ["server", "tcp:interface=localhost:8080:backlog=7"],
  ["server", String.raw`tcp:8080:interface=\:\:1`],
  ["server", "tcp6:8080"],
  ["server", "unix:/run/tea.sock:mode=0660:backlog=3"],
  ["server", "memory:tea"],
  ["server", "stdio:"],
  ["server", "haproxy:tcp:80"],
  ["server", "ssl:443:privateKey=/key.pem:certKey=/cert.pem:protocols=h2,http/1.1"],
  ["server", "tls:443:privateKey=/both.pem"],
  ["server", String.raw`tls:privateKey=/both.pem:endpoint=systemd\:domain\=INET\:index\=0`],
  ["server", "systemd:domain=UNIX:name=tea"],
  ["client", "tcp:example.org:80:timeout=.5:bindAddress=10.0.0.1"],
  ["client", "tcp:port=80:host=example.org"],
  ["client", String.raw`tcp:\:\:1:80`],
  ["client", "unix:/run/tea.sock:timeout=5"],
  ["client", "tls:example.org:443:trustRoots=/roots.pem:serverName=www.example.org"],
  ["client", String.raw`tls:example.org:443:endpoint=process\:ssh\:-W\:example.org\\\:443\:gate`],
  ["client", "process:sort:-r:-n:cwd=/tmp"],
  ["client", "process:sort::"],
  ["client", "memory:tea"],
  ["client", "stdio:"],
  ["datagram", "udp:5300:interface=127.0.0.1:maxPacketSize=512"],
];

describe("endpoint strings", () => {
  const reactor = createReactor("clock");

  for (const [kind, string, caret, why] of WRONG) {
    it(`points at what is wrong in ${JSON.stringify(string.slice(0, 60))} for a ${kind}`, () => {
      const read = (): unknown => KINDS[kind]?.(reactor, string);
      expect(read)
        .to.throw(EndpointStringError)
        .with.property("position", caret.length - 1);
      const shown = string.length > 60 + caret.length ? /…$/ : string;
      expect(read)
        .to.throw(EndpointStringError, why)
        .that.satisfies(({ message }: Error) => {
          const [, line = "", below = ""] = message.split("\n");
          expect(below).to.equal(`  ${caret}`);
          if (typeof shown === "string") expect(line).to.equal(`  ${shown}`);
          else expect(line).to.match(shown);
          return true;
        });
    });
  }

  for (const [kind, string] of RIGHT) {
    it(`takes ${string} for a ${kind}`, () => {
      expect(KINDS[kind]?.(reactor, string)).to.be.an("object");
    });
  }

  it("opens and reads nothing: files, sockets and hosts that are not there do no harm", () => {
    for (const [kind, string] of RIGHT) KINDS[kind]?.(reactor, string);
    expect(reactor.inspect()).to.deep.equal([]);
  });

  it("says what the backend lacks, and who has it", () => {
    const timer = createReactor("timer");
    for (const [string, capability] of [
      ["tcp:80", "tcp"],
      ["unix:/tea", "unix"],
      ["ssl:1:privateKey=k", "tls"],
      ["systemd:domain=INET:index=0", "adopt"],
    ] as const) {
      expect(() => serverFromString(timer, string))
        .to.throw(NoCapabilityError, /backends that have it: libuv, clock/)
        .with.property("capability", capability);
    }
    expect(() => clientFromString(timer, "process:sort")).to.throw(NoCapabilityError, "process");
    expect(() => datagramFromString(timer, "udp:7")).to.throw(NoCapabilityError, "udp");
    expect(serverFromString(timer, "memory:tea")).to.be.an("object");
  });

  it("shows no more of a long string than there is room for, and no control characters", () => {
    const string = `unix:${"a".repeat(500)}:mode=\u001b[31m\n:backlog=${"9".repeat(500)}`;
    expect(() => serverFromString(reactor, string)).to.throw(EndpointStringError);
    try {
      serverFromString(reactor, string);
    } catch (error) {
      const { message } = error as Error;
      const lines = message.split("\n");
      expect(lines).to.have.length(3);
      for (const line of lines) expect(line.length).to.be.below(200);
      // oxlint-disable-next-line no-control-regex -- these are meant
      expect(message).not.to.match(/[\u0000-\u0009\u000b-\u001f]/);
    }
  });

  it("puts the caret below the character, however many units those before it have", () => {
    try {
      serverFromString(reactor, "unix:/🍵/🍵:mode=x");
      expect.fail("it has parsed");
    } catch (error) {
      const [, line = "", caret = ""] = (error as Error).message.split("\n");
      expect(Array.from(line)[caret.length - 1]).to.equal("x");
    }
  });

  it("quotes what means something in it", () => {
    expect(quoteStringArgument(String.raw`a:b=c\d`)).to.equal(String.raw`a\:b\=c\\d`);
    expect(quoteStringArgument("/run/tea.sock")).to.equal("/run/tea.sock");
  });
});

describe("EndpointParser", () => {
  const reactor = createReactor("clock");
  const seen: unknown[] = [];
  const refusing: ClientEndpoint = { connect: () => expect.fail("nobody connects here") };

  /** A prefix that wraps another endpoint, and one with values of all kinds. */
  const parser = new EndpointParser({
    noting: {
      client: {
        wraps: true,
        make: (given) => {
          seen.push("noting");
          return given.wrapped;
        },
      },
    },
    all: {
      client: {
        parameters: ["first", "…more"],
        options: ["option"],
        make: (given) => {
          seen.push([given.text("first"), ...given.rest], given.has("option"));
          return refusing;
        },
      },
    },
  });
  beforeEach(() => {
    seen.length = 0;
  });

  it("gives a prefix its values, unescaped", () => {
    expect(parser.client(reactor, String.raw`all:a\:b:c\\:\=d::option=x=y`)).to.equal(refusing);
    expect(seen).to.deep.equal([["a:b", "c\\", "=d", ""], true]);
  });

  it("gives a prefix that wraps the endpoint of the rest, which needs no more escapes", () => {
    expect(parser.client(reactor, String.raw`noting:noting:all:a\:b:c`)).to.equal(refusing);
    expect(seen).to.deep.equal(["noting", "noting", ["a:b", "c"], false]);
  });

  it("points into the string that is wrapped", () => {
    for (const [string, position] of [
      ["noting:noting:tcp:host:http", 23],
      ["noting:nothing:x", 7],
      ["noting:", 7],
      ["noting", 6],
    ] as const) {
      expect(() => parser.client(reactor, string))
        .to.throw(EndpointStringError)
        .with.property("position", position);
    }
  });

  it("nests so deep, and no deeper", () => {
    expect(parser.client(reactor, `${"noting:".repeat(16)}all:x`)).to.equal(refusing);
    const tooDeep = `${"noting:".repeat(100_000)}all:x`;
    expect(() => parser.client(reactor, tooDeep)).to.throw(EndpointStringError, "at most 16 deep");
  });

  it("knows skein's prefixes beside its own, and may replace one", () => {
    expect(parser.client(reactor, "tcp:example.org:80")).to.have.property("host", "example.org");
    const other = new EndpointParser({ tcp: { client: { make: () => refusing } } });
    expect(other.client(reactor, "tcp")).to.equal(refusing);
    expect(() => other.server(reactor, "tcp:80")).to.throw(EndpointStringError, "is for clients");
    expect(clientFromString(reactor, "tcp:example.org:80")).not.to.equal(refusing);
  });

  it("says of a prefix of one's own what the backend lacks", () => {
    const needy = new EndpointParser({
      run: { client: { needs: ["unix"], make: () => refusing } },
    });
    expect(() => needy.client(createReactor("timer"), "run:x"))
      .to.throw(NoCapabilityError)
      .with.property("capability", "unix");
  });

  it("makes endpoints that work on the reactor they were made for", async () => {
    const clock = createReactor("clock");
    void parser.server(clock, "memory:tea").listen(Factory.forProtocol(Protocol));
    let connected = false;
    parser
      .client(clock, "noting:memory:tea")
      .connect(Factory.forProtocol(Protocol))
      .addCallback(() => (connected = true));
    await clock.advance(0);
    expect(connected).to.equal(true);
  });
});
