/** What runs in a worker thread: takes calls out of their slots, one after another. */
import { getHeapStatistics } from "node:v8";
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { cannotCross, packError } from "../../../core/crossing.ts";
import { crossesItself } from "../../../core/crossing-object.ts";
import { type CallLink, CurrentCall, place } from "../../../core/current-call.ts";
import { ending } from "../../../core/ending.ts";
import { isThenable } from "../../../core/is-thenable.ts";
import { type Callee, calleeOf } from "../../remote-call.ts";
import { sendResult } from "../../reviving.ts";
import { awaitAnswer } from "./await-answer.ts";
import { BEGUN, CallSlots, PASSED, RETURNED, REVOKED, SENT, SLOTS, THREW } from "./call-slots.ts";
import { Eagerness } from "./eagerness.ts";
import type { FromWorker, ToWorker, WorkerSetup } from "./thread-worker.ts";

interface Target {
  readonly name: string;
  readonly callee: Callee;
}

const { port, memory } = workerData as WorkerSetup;
const slots = new CallSlots(memory);
/** After every so many calls it is said how much memory is held. */
const MEASURED = 4;
/** Looking at the clock takes as long as so many looks at a slot. */
const LOOKS = 16;
const functions: Target[] = [];
/** Arguments that were posted, by the numbers of their calls. */
const posted = new Map<number, readonly unknown[]>();
/** The number of the call that runs, or is next, and its slot. */
let number = 0;
let head = 0;
let running = false;
/** The call that runs, if its function has asked for it. */
let current: CurrentCall | undefined;
/** Whether that has posted something. */
let told = false;
/** Gets what is sent to it. */
let hear: ((message: unknown) => void) | undefined;
/** How many calls have begun since the loop had its last turn. */
let inTurn = 0;
/** How many since it last waited for one. */
let inRow = 0;
/** Whether it waits for the next one, awake or not, as somebody may make one after another. */
let expectant = false;
const eagerness = new Eagerness();

port.on("message", (message: ToWorker) => {
  inTurn = 0;
  if (message !== 0) take(message);
  if (!running) work();
});
work();

function take(message: Exclude<ToWorker, 0>): void {
  switch (message[0]) {
    case "function": {
      const [, index, target, manner] = message;
      functions[index] = { name: target.name, callee: calleeOf(target, manner) };
      return;
    }
    case "arguments":
      // Else it was revoked, and passed.
      if (message[1] >= number) posted.set(message[1], message[2]);
      return;
    case "abort":
      if (message[1] === number) current?.abort();
      return;
    case "end":
      void end();
      return;
    case "told":
      if (message[1] === number) hear?.(message[2]);
      break;
    case "answer":
    // To a call that does not wait for it any more.
  }
}

/** Takes what was posted, without waiting for the loop to have it. */
function takeAll(): void {
  for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port)) {
    if (got.message !== 0) take(got.message as Exclude<ToWorker, 0>);
  }
}

/** Waits a moment for the next call. */
function doze(): void {
  // When many wait the reactor is behind, and needs the core more.
  expectant = inRow === 1;
  inRow = 0;
  if (expectant) eagerness.begin();
  if (expectant && eagerness.pays) {
    do {
      for (let looks = 0; looks < LOOKS; looks++) if (slots.waits(head)) return;
    } while (eagerness.inTime);
  }
  slots.doze(head);
}

/** Runs what there is; a call that returns a promise has it go on later. */
function work(): void {
  let dozed = inTurn === 0;
  let asleep = false;
  while (inTurn < SLOTS) {
    const state = slots.state(head);
    if (state === REVOKED) {
      posted.delete(number);
      slots.setState(head, PASSED);
      moveOn();
    } else if (state !== SENT) {
      if (asleep) return;
      if (!dozed) {
        doze();
        dozed = true;
        continue;
      }
      slots.fallAsleep();
      // What was sent meanwhile has rung nobody.
      asleep = true;
    } else {
      let target = functions[slots.function(head)];
      if (target === undefined || (slots.posted(head) && !posted.has(number))) {
        // It was posted before the state was changed.
        takeAll();
        target = functions[slots.function(head)];
        if (target === undefined) return;
      }
      if (!slots.change(head, SENT, BEGUN)) continue;
      if (dozed && expectant) eagerness.came();
      inTurn++;
      inRow++;
      dozed = asleep = false;
      if (!call(target)) return;
    }
  }
  // So that what the calls have left behind, timers and the like, has its turn.
  running = true;
  setImmediate(() => {
    running = false;
    inTurn = 0;
    work();
  });
}

/** Whether the call has ended already. */
function call({ name, callee }: { name: string; callee: Callee }): boolean {
  current = hear = undefined;
  told = false;
  try {
    const args = argumentsOf(head);
    place.make = makeCurrent;
    const value = callee(args);
    place.make = undefined;
    if (!isThenable(value)) {
      returned(name, value);
      return true;
    }
    running = true;
    // It is the same for a promise; what is not quite one settles once by it.
    void Promise.resolve(value).then(
      (result) => {
        returned(name, result);
        goOn();
      },
      (error: unknown) => {
        threw(error);
        goOn();
      },
    );
    return false;
  } catch (error) {
    place.make = undefined;
    threw(error);
    return true;
  }
}

/** The object of the call that begins, which most functions do not ask for. */
function makeCurrent(): CurrentCall {
  const slot = head;
  // The object may live on after its call.
  const runs = (): boolean => current === made && slots.state(slot) === BEGUN;
  const link: CallLink = {
    heed() {
      if (runs()) slots.heed(slot);
    },
    aborted: () => runs() && slots.aborted(slot),
    send(message, transfer) {
      if (!runs()) return;
      post(["told", slot, message], transfer);
      told = true;
    },
    runs,
    ask(question) {
      post(["asked", slot, question]);
      told = true;
      return { answer: awaitAnswer({ port, slots, number, take }) };
    },
    listen(ear) {
      if (runs()) hear = ear;
    },
    waits: () => () => {},
  };
  const made = (current ??= new CurrentCall(link));
  return made;
}

function goOn(): void {
  running = false;
  work();
}

function argumentsOf(slot: number): readonly unknown[] {
  if (!slots.posted(slot)) return slots.values[slot]?.read() as unknown[];
  const args = posted.get(number) as readonly unknown[];
  posted.delete(number);
  return args;
}

function returned(name: string, result: unknown): void {
  let value = result;
  if (crossesItself(result)) {
    try {
      value = sendResult(name, result, "threads", makeCurrent());
    } catch (error) {
      threw(error);
      return;
    }
  }
  // What the call has posted comes before its outcome.
  const small = !told && slots.values[head]?.write(value) === true;
  if (!small) {
    try {
      post(["outcome", head, value]);
    } catch (error) {
      threw(cannotCross(`the result of ${name}()`, value, error));
      return;
    }
  }
  ended(RETURNED, !small);
}

function threw(error: unknown): void {
  post(["outcome", head, packError(error)]);
  ended(THREW, true);
}

function ended(state: number, wasPosted: boolean): void {
  if (number % MEASURED === 0) measure();
  slots.setPosted(head, wasPosted);
  slots.setState(head, state);
  moveOn();
  current?.end();
}

function moveOn(): void {
  number++;
  head = number % SLOTS;
  if (slots.mustRing()) post(0);
}

function post(message: FromWorker, transfer: readonly object[] = []): void {
  port.postMessage(message, transfer as never);
}

ending.told = () => {
  post(["lives"]);
  // The outcome comes behind it: nothing is to be ended before it is known how.
  told = true;
};

async function end(): Promise<void> {
  await ending.end?.();
  process.exit();
}

/** Says how much memory is held. */
function measure(): void {
  const { used_heap_size, external_memory } = getHeapStatistics();
  slots.kilobytes = Math.round((used_heap_size + external_memory) / 1024);
}
