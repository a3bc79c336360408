/** Queues of threads do what Python's do. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import fc from "fast-check";
import { LifoQueue, PriorityQueue, Queue, type SharedQueue } from "skein/threading";
import { watch } from "../support/outcomes.ts";
import { needsTwisted, PYTHON } from "../support/twisted.ts";

const SCRIPT = fileURLToPath(new URL("./queue_peer.py", import.meta.url));
const KINDS = { Queue, LifoQueue, PriorityQueue };
/** As Python calls them. */
const NAMES: Readonly<Record<string, string>> = {
  ERR_QUEUE_EMPTY: "Empty",
  ERR_QUEUE_FULL: "Full",
  ERR_TASK_DONE_TOO_OFTEN: "ValueError",
};

type Step = "get" | "done" | number;
type Program = [kind: keyof typeof KINDS, size: number, steps: Step[]];

function play([kind, size, steps]: Program): unknown[] {
  const options = size === 0 ? {} : { maxSize: size };
  const queue = new KINDS[kind](options) as SharedQueue<number, [number?]>;
  let unfinished = 0;
  return steps.map((step, number) => {
    try {
      if (step === "get") return queue.getNowait();
      if (step === "done") {
        queue.taskDone();
        unfinished--;
        return "done";
      }
      queue.putNowait(number, step);
      unfinished++;
      expect(watch(queue.join()).length).to.equal(unfinished === 0 ? 1 : 0);
      return [queue.qsize, queue.empty, queue.full, unfinished];
    } catch (error) {
      return NAMES[(error as { code: string }).code] ?? error;
    }
  });
}

describe("queues of threads beside Python's", () => {
  before(function () {
    needsTwisted(this);
  });

  it("end each step of random programs as those do", () => {
    const step = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.constantFrom("get", "done"));
    const program = fc.tuple(
      fc.constantFrom(...Object.keys(KINDS)),
      fc.integer({ min: 0, max: 4 }),
      fc.array(step, { maxLength: 40 }),
    );
    const programs = fc.sample(program, 500) as Program[];
    const input = programs.map((each) => JSON.stringify(each)).join("\n");
    const { stdout, stderr } = spawnSync(PYTHON, [SCRIPT], { input, encoding: "utf8" });
    const lines = stdout.trim().split("\n");
    expect(lines.length, stderr).to.equal(programs.length);
    lines.forEach((line, i) => {
      const played = programs[i] as Program;
      expect(play(played), JSON.stringify(played)).to.deep.equal(JSON.parse(line));
    });
  });
});
