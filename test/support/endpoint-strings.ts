/** Endpoint strings of all kinds: good ones, nearly good ones, and nonsense. */
import { expect } from "chai";
import fc from "fast-check";
import {
  clientFromString,
  datagramFromString,
  EndpointStringError,
  serverFromString,
} from "skein/endpoints";
import { createReactor } from "skein/reactor";

const WORDS = [
  "tcp",
  "tcp6",
  "unix",
  "ssl",
  "tls",
  "systemd",
  "udp",
  "process",
  "memory",
  "port",
  "host",
  "interface",
  "backlog",
  "mode",
  "timeout",
  "bindAddress",
  "privateKey",
  "certKey",
  "trustRoots",
  "endpoint",
  "protocols",
  "domain",
  "INET",
  "index",
  "name",
  "cwd",
  "__proto__",
  "80",
  "0",
  "65536",
  "660",
  "1.5",
  "127.0.0.1",
  "/tea",
  "\0",
  "🍵",
  "\ud83c",
];
const MARKS = [":", ":", ":", "=", "=", "\\", "\\\\", "\\:", "\\="];

/** From the words and marks of endpoint strings, so that many come near one. */
const nearStrings: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...MARKS)), { maxLength: 20 })
  .map((parts) => parts.join(""));

export const endpointStrings: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: nearStrings },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("tcp:", "unix:", "tls:", "systemd:", "process:", "udp:"), nearStrings)
      .map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);

const reactor = createReactor("clock");

/** Reads it for every kind; how many took it. Anything but an EndpointStringError comes out. */
export function readAll(string: string): number {
  let taken = 0;
  for (const read of [serverFromString, clientFromString, datagramFromString]) {
    try {
      read(reactor, string);
      taken++;
    } catch (error) {
      if (!(error instanceof EndpointStringError)) throw error;
      expect(error.position).to.be.within(0, string.length);
      expect(Number.isInteger(error.position)).to.equal(true);
      expect(error.string).to.equal(string);
      expect(error.message.split("\n")).to.have.length(3);
    }
  }
  return taken;
}
