import { expect } from "chai";
import { virtually } from "../support/virtually.ts";

interface Instance {
  readonly exports: { seven(): number };
}

/** Node has it; its types do not. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    compile(bytes: Uint8Array): Promise<object>;
    instantiate(bytes: Uint8Array): Promise<{ instance: Instance }>;
    instantiate(module: object): Promise<Instance>;
    CompileError: new () => Error;
  };
};

/** Enough functions that to compile them takes a while. */
const FUNCTIONS = 2000;

/** A module with many functions, the first of which is exported as `seven`. */
function bigModule(): Uint8Array {
  const many = number(FUNCTIONS);
  // i32.const 7, and as often as not changed by nothing.
  const code = [0, 0x41, 7, ...Array.from({ length: 20 }, () => [0x41, 0, 0x6a]).flat(), 0x0b];
  const body = [...number(code.length), ...code];
  const bytes = [
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, [1, 0x60, 0, 1, 0x7f]),
    ...section(3, [...many, ...Array.from({ length: FUNCTIONS }, () => 0)]),
    ...section(7, [1, 5, ...Buffer.from("seven"), 0, 0]),
  ];
  const bodies = Buffer.concat(Array.from({ length: FUNCTIONS }, () => Buffer.from(body)));
  const length = number(many.length + bodies.length);
  return new Uint8Array(Buffer.concat([Buffer.from([...bytes, 10, ...length, ...many]), bodies]));
}

function section(id: number, content: number[]): number[] {
  return [id, ...number(content.length), ...content];
}

/** LEB128, as lengths are written. */
function number(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >> 7)];
}

describe("WebAssembly on virtual time", () => {
  const bytes = bigModule();

  it("is compiled in no time: nothing else happens meanwhile", async () => {
    const { value, error, seconds } = await virtually(async (reactor) => {
      reactor.callLater(1, () => {});
      const module = await WebAssembly.compile(bytes);
      const compiledAt = reactor.seconds();
      const { instance } = await WebAssembly.instantiate(bytes);
      const other = await WebAssembly.instantiate(module);
      const seven = [instance, other].map(({ exports }) => exports.seven());
      return { compiledAt, madeAt: reactor.seconds(), seven };
    });
    expect(error).to.equal(undefined);
    expect(value).to.deep.equal({ compiledAt: 0, madeAt: 0, seven: [7, 7] });
    expect(seconds).to.equal(1);
  });

  it("is waited for by a run that would end otherwise", async () => {
    const { value } = await virtually(async () => {
      const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes));
      return exports.seven();
    });
    expect(value).to.equal(7);
  });

  it("fails as everywhere, and holds nothing up", async () => {
    const { error, seconds } = await virtually(async (reactor) => {
      reactor.callLater(1, () => {});
      await WebAssembly.compile(new Uint8Array([1, 2, 3]));
    });
    expect(error).to.be.instanceOf(WebAssembly.CompileError);
    expect(seconds).to.equal(1);
  });
});
