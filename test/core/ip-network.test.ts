import { expect } from "chai";
import { ipMatcher, networkOf } from "../../src/core/ip-network.ts";

describe("networks of IP addresses", () => {
  it("hold the addresses that agree in the bits of the prefix", () => {
    const isInside = ipMatcher(["10.0.0.0/8", "192.0.2.128/25", "2001:db8::/33", "::1", "1.2.3.4"]);
    for (const host of ["10.255.0.1", "192.0.2.128", "192.0.2.255", "2001:db8:7fff::1", "::1"]) {
      expect(isInside(host), host).to.equal(true);
    }
    for (const host of ["11.0.0.1", "192.0.2.127", "2001:db8:8000::1", "::2", "1.2.3.5", "name"]) {
      expect(isInside(host), host).to.equal(false);
    }
    expect(isInside("1.2.3.4")).to.equal(true);
    expect(isInside("::ffff:10.1.1.1")).to.equal(true);
  });

  it("of no bits hold all of their family", () => {
    expect(ipMatcher(["0.0.0.0/0"])("200.1.1.1")).to.equal(true);
    expect(ipMatcher(["0.0.0.0/0"])("::1")).to.equal(false);
    expect(ipMatcher([])("::1")).to.equal(false);
  });

  it("are refused where they are none", () => {
    for (const network of [
      "",
      "10.0.0.0/33",
      "::/129",
      "10/8",
      "name",
      "1.2.3.4/",
      "1.2.3.4/8/8",
      "::/x",
    ]) {
      expect(() => ipMatcher([network]), network).to.throw(`"${network}" is no network`);
    }
  });

  it("are named by their first address", () => {
    expect(networkOf("2001:db8:1:2:3::4", 64)).to.equal("2001:db8:1:2::/64");
    expect(networkOf("10.1.2.3", 32)).to.equal("10.1.2.3");
    expect(networkOf("10.1.2.3", 9)).to.equal("10.0.0.0/9");
  });
});
