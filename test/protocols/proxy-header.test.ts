import { expect } from "chai";
import fc from "fast-check";
import {
  type ProxyHeader,
  proxyHeader,
  ProxyHeaderDecoder,
  type StreamAddress,
  type TCPAddress,
} from "skein/protocols";
import { cut, fuzz, sizes } from "../support/fuzz.ts";

const tcp = (host: string, port: number): StreamAddress => ({ type: "TCP", host, port });

/** What comes out, and what is left; or the message of what is wrong. */
function decode(pieces: Iterable<Uint8Array>, maxBytes?: number): [ProxyHeader | string, string] {
  const decoder = new ProxyHeaderDecoder(maxBytes);
  let found: ProxyHeader | string = "nothing";
  for (const piece of pieces) {
    decoder.push(piece);
    if (found !== "nothing") continue;
    try {
      found = decoder.next() ?? found;
    } catch (error) {
      found = (error as Error).message;
      break;
    }
  }
  const failed = typeof found === "string" && found !== "nothing";
  return [found, failed ? "" : Buffer.from(decoder.takeRest()).toString("latin1")];
}

const decodeText = (text: string): [ProxyHeader | string, string] =>
  decode([Buffer.from(text, "latin1")]);

function decoded(bytes: Uint8Array): ProxyHeader {
  const [header] = decode([bytes]);
  if (typeof header === "string") throw new Error(header);
  return header;
}

/** A header of version 2 by hand. */
function v2(versionAndCommand: number, family: number, hex: string): Uint8Array {
  const rest = Buffer.from(hex.replaceAll(/\s/g, ""), "hex");
  const fixed = Buffer.from("0d0a0d0a000d0a515549540a00000000", "hex");
  fixed[12] = versionAndCommand;
  fixed[13] = family;
  fixed.writeUInt16BE(rest.length, 14);
  return Buffer.concat([fixed, rest]);
}

describe("PROXY headers, version 1", () => {
  it("announce addresses of both families, and leave what follows", () => {
    const [four, rest] = decodeText("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\nGET /\r\n");
    expect(four).to.deep.include({
      version: 1,
      command: "proxy",
      source: tcp("192.0.2.1", 56324),
      destination: tcp("198.51.100.7", 443),
    });
    expect(rest).to.equal("GET /\r\n");
    const [six] = decodeText("PROXY TCP6 2001:db8::1 ::1 0 65535\r\n");
    expect(six).to.deep.include({ source: tcp("2001:db8::1", 0), destination: tcp("::1", 65535) });
  });

  it("may say that nothing is known, and more behind it", () => {
    for (const line of ["PROXY UNKNOWN", "PROXY UNKNOWN ffff::1 ::2 what ever"]) {
      const [header] = decodeText(`${line}\r\n`);
      expect(header).to.deep.include({ source: undefined, destination: undefined });
    }
  });

  for (const line of [
    "PROXY TCP4 192.0.2.1 198.51.100.7 56324",
    "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443 1",
    "PROXY TCP4 192.0.2.256 198.51.100.7 56324 443",
    "PROXY TCP4 192.0.2.1 198.51.100.7 56324 65536",
    "PROXY TCP4 192.0.2.1 198.51.100.7 +1 443",
    "PROXY TCP4 192.0.2.1 198.51.100.7 01 443",
    "PROXY TCP4 ::1 ::1 1 443",
    "PROXY TCP6 192.0.2.1 198.51.100.7 1 443",
    "PROXY TCP6 fe80::1%eth0 ::1 1 443",
    "PROXY UDP4 192.0.2.1 198.51.100.7 1 443",
    "PROXY  TCP4 192.0.2.1 198.51.100.7 1 443",
    "PROXY ",
  ]) {
    it(`are refused when they are no such thing: ${JSON.stringify(line)}`, () => {
      const [message] = decodeText(`${line}\r\n`);
      expect(message).to.contain("the peer sent no PROXY header: the line means nothing");
    });
  }

  it("end by CR and LF within 107 bytes", () => {
    expect(decodeText("PROXY UNKNOWN\n")[0]).to.contain("does not end by CR and LF");
    expect(decodeText(`PROXY UNKNOWN ${"x".repeat(91)}\r\n`)[0]).to.be.an("object");
    expect(decodeText(`PROXY UNKNOWN ${"x".repeat(92)}\r\n`)[0]).to.contain("over 107 bytes");
    expect(decodeText(`PROXY UNKNOWN ${"x".repeat(92)}`)[0]).to.equal("nothing");
    expect(decodeText(`PROXY UNKNOWN ${"x".repeat(93)}`)[0]).to.contain("over 107 bytes");
  });

  it("are told from anything else at the first byte that differs", () => {
    for (const text of ["G", "PROXYZ", "\r\n\r\n\r", "\0"]) {
      expect(decodeText(text)[0]).to.contain("there was something else");
    }
    for (const text of ["", "P", "PROXY ", "\r\n\r\n\0\r"]) {
      expect(decodeText(text)[0]).to.equal("nothing");
    }
  });
});

describe("PROXY headers, version 2", () => {
  it("announce addresses of IPv4, IPv6 and UNIX sockets", () => {
    const [four, rest] = decode([
      v2(0x21, 0x11, "c0000201 c6336407 dc04 01bb"),
      Buffer.from("hello"),
    ]);
    expect(four).to.deep.include({
      version: 2,
      command: "proxy",
      source: tcp("192.0.2.1", 56324),
      destination: tcp("198.51.100.7", 443),
      tlvs: [],
    });
    expect(rest).to.equal("hello");
    const six = decoded(v2(0x21, 0x21, `20010db8${"0".repeat(23)}1 ${"0".repeat(31)}1 0001 0002`));
    expect(six).to.deep.include({ source: tcp("2001:db8::1", 1), destination: tcp("::1", 2) });
    const path = (text: string): string =>
      Buffer.from(text.padEnd(108, "\0"), "latin1").toString("hex");
    const unix = decoded(v2(0x21, 0x31, path("/run/a") + path("\0abstract")));
    expect(unix.source).to.deep.equal({ type: "UNIX", name: "/run/a" });
    expect(unix.destination).to.deep.equal({ type: "UNIX", name: "\0abstract" });
    const unnamed = decoded(v2(0x21, 0x31, path("") + path("")));
    expect(unnamed.source).to.deep.equal({ type: "UNIX", name: "" });
  });

  it("may be about the proxy itself, or about what is not known: whatever else they say", () => {
    const local = decoded(v2(0x20, 0x11, "c0000201 c6336407 dc04 01bb 05"));
    expect(local).to.deep.include({ command: "local", source: undefined, tlvs: [] });
    const unknown = decoded(v2(0x21, 0x00, "01020304"));
    expect(unknown).to.deep.include({ command: "proxy", source: undefined, tlvs: [] });
  });

  it("say more behind the addresses", () => {
    const ssl =
      "20 0029 07 00000000 21 0007 544c5376312e33 22 0005 616c696365 23 0003 414553 " +
      "24 0003 525341 25 0003 525341";
    const header = decoded(
      v2(
        0x21,
        0x11,
        `c0000201 c6336407 dc04 01bb 01 0002 6832 02 0001 78 04 0001 00 ${ssl} ee 0000`,
      ),
    );
    expect(header).to.deep.include({ alpn: "h2", authority: "x", uniqueId: undefined });
    expect(header.ssl).to.deep.equal({
      overTLS: true,
      certificateShown: true,
      certificateShownInSession: true,
      verified: true,
      version: "TLSv1.3",
      commonName: "alice",
      cipher: "AES",
      signatureAlgorithm: "RSA",
      keyAlgorithm: "RSA",
    });
    expect(header.tlvs.map(({ type }) => type)).to.deep.equal([1, 2, 4, 0x20, 0xee]);
  });

  it("do not let a client pass as verified that has shown no certificate", () => {
    const header = decoded(v2(0x21, 0x11, "c0000201 c6336407 dc04 01bb 20 0005 01 00000000"));
    expect(header.ssl).to.include({ overTLS: true, certificateShown: false, verified: false });
    const failed = decoded(v2(0x21, 0x11, "c0000201 c6336407 dc04 01bb 20 0005 03 00000001"));
    expect(failed.ssl).to.include({ certificateShown: true, verified: false });
  });

  const addresses = "c0000201 c6336407 dc04 01bb";
  for (const [what, bytes, message] of [
    ["another version", v2(0x11, 0x11, addresses), "its version is not 2"],
    ["another command", v2(0x22, 0x11, addresses), "its command is 2"],
    ["datagrams", v2(0x21, 0x12, addresses), "it is about datagrams"],
    ["another family", v2(0x21, 0x41, addresses), "its family is 65"],
    ["addresses cut off", v2(0x21, 0x11, "c0000201"), "its addresses are cut off"],
    ["UNIX addresses cut off", v2(0x21, 0x31, "2f"), "its addresses are cut off"],
    ["a TLV cut off", v2(0x21, 0x11, `${addresses} 01 0003 6832`), "a TLV is cut off"],
    ["a TLV without length", v2(0x21, 0x11, `${addresses} 01 00`), "a TLV is cut off"],
    ["TLS cut off", v2(0x21, 0x11, `${addresses} 20 0001 00`), "of TLS is cut off"],
    ["a wrong checksum", v2(0x21, 0x11, `${addresses} 03 0004 00000000`), "its checksum is wrong"],
    ["a short checksum", v2(0x21, 0x11, `${addresses} 03 0000`), "has not 4 bytes"],
  ] as const) {
    it(`are refused: ${what}`, () => {
      expect(decode([bytes])[0]).to.contain(message);
    });
  }

  it("are refused when they are too long, before they have come", () => {
    const header = v2(0x21, 0x11, addresses).subarray(0, 16);
    header[14] = 16;
    expect(decode([header])[0]).to.equal(
      "the peer announced a frame of 4124 bytes: 4096 are taken at most",
    );
    expect(decode([header], 5000)[0]).to.equal("nothing");
  });
});

describe("proxyHeader()", () => {
  it("writes what the decoder reads", () => {
    const header = decoded(
      proxyHeader({
        source: tcp("2001:db8::1", 5),
        destination: tcp("192.0.2.1", 443),
        alpn: "h2",
        authority: "example.com",
        uniqueId: Uint8Array.of(1, 2),
        tlvs: [{ type: 0xe0, value: Uint8Array.of(7) }],
        checksum: true,
      }),
    );
    expect(header).to.deep.include({
      source: tcp("2001:db8::1", 5),
      // Of two families, both are IPv6 on the way.
      destination: tcp("192.0.2.1", 443),
      alpn: "h2",
      authority: "example.com",
    });
    expect([...(header.uniqueId ?? [])]).to.deep.equal([1, 2]);
    expect(header.tlvs.map(({ type }) => type)).to.deep.equal([1, 2, 5, 0xe0, 3]);
  });

  it("writes UNIX sockets, LOCAL, and UNKNOWN where it cannot say more", () => {
    const unix = { type: "UNIX", name: "/run/x" } as const;
    expect(decoded(proxyHeader({ source: unix, destination: unix })).source).to.deep.equal(unix);
    expect(decoded(proxyHeader({ command: "local" })).command).to.equal("local");
    const mixed = { source: unix, destination: tcp("::1", 1) };
    expect(decoded(proxyHeader(mixed)).source).to.equal(undefined);
    for (const options of [{ ...mixed }, { command: "local" } as const, {}]) {
      const line = Buffer.from(proxyHeader({ version: 1, ...options })).toString();
      expect(line).to.equal("PROXY UNKNOWN\r\n");
    }
    const six = { source: tcp("192.0.2.1", 1), destination: tcp("fe80::1%eth0", 2) };
    expect(Buffer.from(proxyHeader({ version: 1, ...six })).toString()).to.equal(
      "PROXY TCP6 ::ffff:192.0.2.1 fe80::1 1 2\r\n",
    );
  });

  it("refuses what there is no room for, and hosts that are names", () => {
    const long = { type: "UNIX", name: "x".repeat(109) } as const;
    expect(() => proxyHeader({ source: long, destination: long })).to.throw("too long");
    expect(() => proxyHeader({ authority: "x".repeat(65_536) })).to.throw("has room for 65535");
    expect(() => proxyHeader({ authority: "x".repeat(65_535) })).to.throw("has room for 65535");
    for (const version of [1, 2] as const) {
      const named = { source: tcp("name", 1), destination: tcp("::1", 1) };
      expect(() => proxyHeader({ version, ...named })).to.throw('"name" is no IP address');
    }
  });
});

describe("ProxyHeaderDecoder", () => {
  const beginning = fc.constantFrom(
    Buffer.from("PROXY "),
    Buffer.from("PROXY TCP4 1.2.3.4 "),
    Buffer.from("0d0a0d0a000d0a515549540a", "hex"),
    Buffer.from("0d0a0d0a000d0a515549540a21110020", "hex"),
    Buffer.from("0d0a0d0a000d0a515549540a2111001fc0000201c6336407dc0401bb", "hex"),
    Buffer.from(proxyHeader({ authority: "x", checksum: true })),
    Buffer.alloc(0),
  );
  const text = fc.string({
    unit: fc.constantFrom(...Array.from("PROXYTCP46 0123456789.:\r\n")),
    maxLength: 120,
  });

  fuzz(
    "makes the same of any bytes, however they are cut, and keeps no more than it may",
    fc.property(
      beginning,
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        text.map((t) => Buffer.from(t)),
      ),
      sizes,
      (first, then, pieceSizes) => {
        const bytes = Uint8Array.from(Buffer.concat([first, then]));
        const whole = decode([bytes], 150);
        expect(decode(cut(bytes, pieceSizes), 150)).to.deep.equal(whole);
        if (whole[0] === "nothing") expect(whole[1].length).to.be.at.most(150);
      },
    ),
  );

  const host = fc.oneof(
    fc.ipV4(),
    fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => {
      return new URL(
        `http://[${Buffer.from(bytes).toString("hex").match(/.{4}/g)?.join(":")}]`,
      ).hostname.slice(1, -1);
    }),
  );
  const address = fc.record({ type: fc.constant("TCP" as const), host, port: fc.nat(65535) });

  fuzz(
    "reads what is written",
    fc.property(fc.constantFrom<1 | 2>(1, 2), address, address, (version, source, destination) => {
      const options = { version, source, destination };
      const header = decoded(proxyHeader(options));
      const plain = ({ host: name }: { host: string }): string =>
        name.replace(/^::ffff:(?=.*\.)/, "");
      expect(plain(header.source as TCPAddress)).to.equal(source.host);
      expect(header.destination).to.include({ port: destination.port });
    }),
  );
});
