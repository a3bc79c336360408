import { expect } from "chai";
import { contractFor } from "skein/testing";
import { local } from "../support/local-backend.ts";

/** What these say of addresses, names and waiting is no matter of connections. */
const OF_THE_NETWORK: readonly string[] = [
  "tcp: both ends know both addresses, also after the end",
  "connecting: a name without an address is UnknownHost",
  "backlog: who finds no place gets no answer, and is connected when the system asks again",
];

describe("connections inside a reactor keep the contract", () => {
  const cases = contractFor(local);
  for (const { name, run } of cases) {
    if (!OF_THE_NETWORK.includes(name)) it(name, run);
  }

  it("which has the cases that are left out here", () => {
    expect(cases.map(({ name }) => name)).to.include.members([...OF_THE_NETWORK]);
  });
});
