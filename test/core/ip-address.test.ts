import { expect } from "chai";
import {
  canonicalIP,
  isIP,
  isIPv4,
  isIPv6,
  isLoopback,
  isMulticast,
} from "../../src/core/ip-address.ts";

describe("IP addresses", () => {
  it("are four numbers under 256, or what IPv6 writes, with or without a zone", () => {
    for (const host of ["127.0.0.1", "0.0.0.0", "255.255.255.255", "10.20.30.40"]) {
      expect(isIPv4(host), host).to.equal(true);
      expect(isIPv6(host), host).to.equal(false);
    }
    for (const host of ["::", "::1", "fe80::1%eth0", "2001:db8::7", "::ffff:1.2.3.4", "::%lo"]) {
      expect(isIPv6(host), host).to.equal(true);
      expect(isIPv4(host), host).to.equal(false);
    }
  });

  it("are not names, nor what is nearly an address", () => {
    const others = [
      "",
      "localhost",
      "1.2.3",
      "1.2.3.256",
      "1.2.3.04",
      "1.2.3.4.5",
      "1.2.3.4 ",
      ":",
    ];
    for (const host of [...others, "::g", "1::2::3", "::1%", "[::1]", "0x7f.0.0.1"]) {
      expect(isIP(host), host).to.equal(false);
    }
  });

  it("have one text for all that mean the same", () => {
    expect(canonicalIP("0:0:0:0:0:0:0:1")).to.equal("::1");
    expect(canonicalIP("FE80::0:1%eth0")).to.equal("fe80::1%eth0");
    expect(canonicalIP("::ffff:127.0.0.1")).to.equal("127.0.0.1");
    expect(canonicalIP("127.0.0.1")).to.equal("127.0.0.1");
  });

  it("are of groups from 224 to 239, and from ff00 on", () => {
    for (const group of ["224.0.0.1", "239.255.255.255", "ff02::1", "FF05::2"]) {
      expect(isMulticast(group), group).to.equal(true);
    }
    for (const host of ["223.255.255.255", "240.0.0.1", "fe80::ff", "::1", "255.255.255.255"]) {
      expect(isMulticast(host), host).to.equal(false);
    }
  });

  it("are of the loopback interface from 127.0.0.0 on, and ::1", () => {
    for (const host of ["127.0.0.1", "127.9.9.9", "::1", "0::1", "::%lo", "::ffff:127.0.0.1"]) {
      expect(isLoopback(host), host).to.equal(true);
    }
    for (const host of ["128.0.0.1", "::", "0.0.0.0", "::12", "::1:1", "fe80::1%eth0"]) {
      expect(isLoopback(host), host).to.equal(false);
    }
  });
});
