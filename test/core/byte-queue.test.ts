import { expect } from "chai";
import fc from "fast-check";
import { ByteQueue } from "skein/protocols";

const bytes = fc.uint8Array({ maxLength: 20 });

describe("ByteQueue", () => {
  it("gives back what was pushed, in order, whatever is taken when", () => {
    const operation = fc.oneof(
      fc.record({ push: bytes }),
      fc.record({ unshift: bytes }),
      fc.record({ take: fc.nat(30) }),
    );
    fc.assert(
      fc.property(fc.array(operation), (operations) => {
        const queue = new ByteQueue();
        let model: number[] = [];
        for (const step of operations) {
          if ("push" in step) {
            queue.push(step.push.slice());
            model.push(...step.push);
          } else if ("unshift" in step) {
            queue.unshift(step.unshift.slice());
            model = [...step.unshift, ...model];
          } else {
            expect([...queue.take(step.take)]).to.deep.equal(model.splice(0, step.take));
          }
          expect(queue.length).to.equal(model.length);
          expect([...queue.bytes]).to.deep.equal(model);
        }
        expect([...queue.takeAll()]).to.deep.equal(model);
        expect(queue.length).to.equal(0);
      }),
    );
  });

  it("leaves alone what it has given away", () => {
    const queue = new ByteQueue();
    queue.push(Uint8Array.of(1, 2));
    queue.push(Uint8Array.of(3));
    const all = queue.bytes;
    const taken = queue.take(2);
    queue.push(Uint8Array.of(4, 5, 6));
    queue.unshift(Uint8Array.of(9, 9));
    expect([...all]).to.deep.equal([1, 2, 3]);
    expect([...taken]).to.deep.equal([1, 2]);
  });

  it("moves what waits only when it has doubled, however small the pieces", () => {
    const queue = new ByteQueue();
    const homes = new Set<ArrayBufferLike>();
    for (let i = 0; i < 1000; i++) {
      queue.push(Uint8Array.of(i));
      homes.add(queue.bytes.buffer);
    }
    expect(homes.size).to.be.at.most(11);
  });
});
