import { expect } from "chai";
import { interval } from "rxjs9/interval";
import { take } from "rxjs9/take";
import { createReactor } from "skein/reactor";
import { installVirtualGlobals } from "skein/virtual/api";
import { listen } from "../support/observables.ts";

describe("RxJS 9, which has no schedulers", () => {
  it("is on virtual time by virtual globals", async () => {
    const reactor = createReactor("clock");
    using _globals = installVirtualGlobals(reactor);
    const { heard } = listen(Observable[interval](60_000)[take](2));
    await reactor.advance(119);
    expect(heard).to.deep.equal(["0"]);
    await reactor.advance(1);
    expect(heard).to.deep.equal(["0", "1", "complete"]);
  });
});
