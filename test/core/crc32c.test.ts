import { expect } from "chai";
import { crc32c } from "../../src/core/crc32c.ts";

describe("CRC-32C", () => {
  it("is as in the examples of RFC 3720", () => {
    expect(crc32c(new Uint8Array(32))).to.equal(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).to.equal(0x62a8ab43);
    expect(crc32c(Buffer.from("123456789"))).to.equal(0xe3069283);
  });

  it("is of the pieces as of the whole", () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, i) => i);
    expect(crc32c(bytes)).to.equal(0x46dd794e);
    expect(crc32c(bytes.subarray(0, 5), bytes.subarray(5))).to.equal(0x46dd794e);
  });
});
