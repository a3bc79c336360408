import { expect } from "chai";
import { Barrier, Condition, Event, Lock, Queue, Semaphore } from "skein/threading";
import { placesTest } from "../support/threading.ts";

const numbers = (memory: SharedArrayBuffer): Int32Array => new Int32Array(memory);

describe("what threads share, wherever they are:", () => {
  placesTest("a lock keeps them apart", async (one, other) => {
    const lock = new Lock();
    const memory = new SharedArrayBuffer(4);
    await Promise.all([one("count", lock, memory, 200), other("count", lock, memory, 200)]);
    expect(numbers(memory)[0]).to.equal(400);
    expect(lock.locked).to.equal(false);
  });

  placesTest("a semaphore lets in as many as it may", async (one, other) => {
    const gate = new Semaphore(2);
    const memory = new SharedArrayBuffer(8);
    await Promise.all([one, other, one, other, one].map((who) => who("visit", gate, memory, 50)));
    expect([...numbers(memory)][0]).to.equal(0);
    expect([...numbers(memory)][1]).to.be.oneOf([1, 2]);
    expect(gate.value).to.equal(2);
  });

  placesTest("an event is waited for, and set", async (one, other) => {
    const event = new Event();
    const ready = new Event();
    const waiting = one("waitFor", event, ready);
    await ready.wait();
    await other("set", event);
    expect(await waiting).to.equal("gone on");
  });

  placesTest("a condition has them take turns", async (one, other) => {
    const condition = new Condition();
    const memory = new SharedArrayBuffer(4);
    await Promise.all([
      one("takeTurns", condition, memory, 0, 100),
      other("takeTurns", condition, memory, 1, 100),
    ]);
    expect(numbers(memory)[0]).to.equal(200);
    expect(condition.lock.locked).to.equal(false);
  });

  placesTest("a barrier has them meet", async (one, other) => {
    const barrier = new Barrier(2);
    const [a, b] = await Promise.all([one("meet", barrier, 100), other("meet", barrier, 100)]);
    expect(a.map((place, i) => place + (b[i] as number))).to.deep.equal(Array(100).fill(1));
  });

  placesTest("a queue hands over items, in order", async (one, other) => {
    const queue = new Queue<[number, number]>({ maxSize: 5 });
    const consumed = one("consume", queue);
    await other("produce", queue, 1, 300);
    await queue.join();
    queue.shutdown();
    expect(await consumed).to.deep.equal(Array.from({ length: 300 }, (_, i) => [1, i]));
  });
});
