import { expect } from "chai";
import { type Leak, LEAK_KINDS, VirtualLeakError } from "skein/virtual/api";
import { PLANTED } from "../support/planted-leaks.ts";
import { virtually, type VirtualRun } from "../support/virtually.ts";

type Cleanup = (() => unknown) | undefined;

/** Runs what is planted, and tidies up behind it. */
async function run(
  name: string,
  options: Parameters<typeof virtually>[1] = {},
): Promise<VirtualRun<unknown>> {
  const { plant } = PLANTED[name] as { plant: () => unknown };
  let cleanup: Cleanup;
  const ended = await virtually(async (reactor) => {
    const made: unknown = plant();
    if (typeof made === "function") cleanup = made as Cleanup;
    const value = await made;
    if (typeof value === "function") cleanup = value as Cleanup;
    reactor.callLater(1, () => reactor.stop());
    return value;
  }, options);
  await cleanup?.();
  return ended;
}

const kindsOf = (leaks: readonly Leak[]): string[] => leaks.map(({ kind }) => kind);

describe("what a program on virtual time uses of the real world", () => {
  for (const [name, { found }] of Object.entries(PLANTED)) {
    if (found === "virtual") {
      it(`is no longer real: ${name}`, async () => {
        const [first, second] = [await run(name), await run(name)];
        expect(first.error, String(first.error)).to.equal(undefined);
        expect(first.leaks).to.deep.equal([]);
        if (typeof first.value !== "function" && typeof first.value !== "object") {
          expect(second.value).to.deep.equal(first.value);
        }
      });
    } else {
      it(`is caught, and fails the run: ${name}`, async () => {
        const { error, leaks } = await run(name);
        expect(error).to.be.instanceOf(VirtualLeakError);
        expect(kindsOf(leaks), String(error)).to.deep.equal([found]);
        // The place in the program; this one is made later, by Node.
        const place =
          name === "new fs.ReadStream" ? /^ {4}at open \(node:fs\)$/ : /planted-leaks\.ts:\d+:\d+/;
        expect(leaks[0]?.stack.split("\n")[0]).to.match(place);
        expect(String(error)).to.include(leaks[0]?.stack);
      });

      it(`can be allowed: ${name}`, async () => {
        const { error, leaks } = await run(name, { allow: [found] });
        expect(error, String(error)).to.equal(undefined);
        expect(leaks).to.deep.equal([]);
      });
    }
  }

  it("is of each kind at least once among those planted", () => {
    const planted = new Set(Object.values(PLANTED).map(({ found }) => found as string));
    expect(LEAK_KINDS.filter((kind) => !planted.has(kind))).to.deep.equal([]);
    expect(Object.keys(PLANTED)).to.have.lengthOf.at.least(25);
  });
});
