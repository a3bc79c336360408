import { expect } from "chai";
import { bytesOfIP, ipOfBytes } from "../../src/core/ip-bytes.ts";

const hex = (host: string): string => Buffer.from(bytesOfIP(host)).toString("hex");

describe("IP addresses as bytes", () => {
  it("are 4, or 16 where there is IPv6", () => {
    expect(hex("192.0.2.1")).to.equal("c0000201");
    expect(hex("::")).to.equal("0".repeat(32));
    expect(hex("::1")).to.equal(`${"0".repeat(31)}1`);
    expect(hex("2001:db8::7:0")).to.equal("20010db8000000000000000000070000");
    expect(hex("1:2:3:4:5:6:7:8")).to.equal("00010002000300040005000600070008");
    expect(hex("fe80::1%eth0")).to.equal("fe800000000000000000000000000001");
  });

  it("are those of IPv4 for an IPv4 address in IPv6 form", () => {
    expect(hex("::ffff:192.0.2.1")).to.equal("c0000201");
    expect(hex("::ffff:c000:201")).to.equal("c0000201");
    expect(ipOfBytes(Buffer.from("00000000000000000000ffffc0000201", "hex"))).to.equal("192.0.2.1");
  });

  it("lead back to the same text", () => {
    for (const host of [
      "0.0.0.0",
      "255.1.2.3",
      "::",
      "::1",
      "1::",
      "2001:db8::7",
      "a:b:c:d:e:f:1:2",
    ]) {
      expect(ipOfBytes(bytesOfIP(host))).to.equal(host);
    }
  });
});
