import { expect } from "chai";
import fc from "fast-check";
import { WorkerDiedError } from "skein/reactor";
import { inReactor, worker } from "skein/threads";
import {
  FrameReader,
  frameOf,
  type FromProcess,
} from "../../src/reactor/backends/libuv/process-frames.ts";
import { cut, fuzz, sizes } from "../support/fuzz.ts";
import { failure, poolTest, tasks } from "../support/pools.ts";

const hostile = worker<typeof import("../fixtures/workers/hostile.ts")>(
  new URL("../fixtures/workers/hostile.ts", import.meta.url),
);
const only = ["libuv", "a simulated worker sends nothing"] as const;

/** An error that is its own cause. */
const loop: { name: string; message: string; cause?: unknown } = { name: "Error", message: "loop" };
loop.cause = loop;

/** What is no message of a worker's, or holds what it should not; of its second call. */
const MESSAGES: readonly unknown[] = [
  null,
  1,
  "returned",
  {},
  [],
  [null],
  ["nonsense", 1],
  ["asked", 1, null],
  ["told", 1, null],
];
/** Of a process, its second call's number; it has nothing else to be known by. */
const OF_PROCESSES: readonly unknown[] = [
  null,
  [],
  ["asked", 2, null],
  ["told", 2, null],
  ["threw", 2, null, 1],
  ["threw", 2, loop, 1],
];

describe("a pool: workers that say what no worker says", () => {
  poolTest(
    "end with their call, when what a process writes is garbage",
    { max: 1, substrate: "processes", only },
    async ({ pool }) => {
      for (const text of [
        "\xff\xff\xff\x7fhello",
        "hello world",
        "\x02\0\0\0\xff\x0f",
        "\0\0\0\0\0",
      ]) {
        const error = await failure(pool.call(hostile.writeAnswer, Buffer.from(text, "latin1")));
        expect(error).to.be.instanceOf(WorkerDiedError);
        expect(error.message).to.equal("a worker has written what is no answer");
      }
      expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
    },
    30_000,
  );

  for (const [substrate, messages, say] of [
    ["processes", OF_PROCESSES, hostile.sayToPool],
    ["threads", MESSAGES, hostile.postToPool],
  ] as const) {
    poolTest(
      `take nobody down with them: ${substrate}`,
      { max: 1, substrate, only },
      async ({ pool }) => {
        for (const message of messages) {
          expect(await pool.call(tasks.add, 2, 3)).to.equal(5);
          expect(
            await failure(pool.callWith({ timeout: 4 }, say, message, inReactor({}))),
          ).to.be.instanceOf(Error);
        }
      },
      60_000,
    );
  }

  fuzz(
    "are read, or given up, whatever they write and however it is cut",
    fc.property(
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.jsonValue().map(framed))),
      sizes,
      (parts, pieces) => {
        const bytes = Buffer.concat(parts);
        const read = (chunks: Iterable<Uint8Array>): unknown => {
          const messages: unknown[] = [];
          const reader = new FrameReader((message) => messages.push(message));
          let readable = true;
          for (const chunk of chunks) readable = reader.push(Buffer.from(chunk));
          return { messages, readable };
        };
        expect(read(cut(bytes, pieces))).to.deep.equal(read([bytes]));
      },
    ),
  );
});

function framed(value: unknown): Buffer {
  return frameOf(value as FromProcess);
}
