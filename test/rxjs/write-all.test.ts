import { expect } from "chai";
import { CancelledError } from "skein/defer";
import {
  BadOptionError,
  ConnectionDoneError,
  ProducerRegisteredError,
  QueueFullError,
} from "skein/reactor";
import { writeAll, type WriteAllOptions } from "skein/rxjs";
import { assertNoResult, failureResultOf, StringTransport, successResultOf } from "skein/testing";
import { MAKES, Source } from "../support/observables.ts";

for (const make of MAKES) {
  describe(`what an ${make.name} gives, written to a connection`, () => {
    let transport: StringTransport;
    let source: Source<string | Uint8Array>;
    const begin = (options?: WriteAllOptions) => writeAll(transport, source.observable, options);

    /** The peer falls behind with the next write; drain() lets it catch up. */
    const behind = (): void => {
      transport.bufferedBytes = transport.highWaterBytes + 1;
    };

    beforeEach(() => {
      transport = new StringTransport();
      source = new Source(make);
    });

    it("is all of it, and the connection stays open", () => {
      const done = begin();
      source.next("tea, ");
      source.next(new Uint8Array([52, 50]));
      assertNoResult(done);
      source.complete();
      expect(successResultOf(done)).to.deep.equal({ writtenBytes: 7, droppedBytes: 0 });
      expect(transport.text()).to.equal("tea, 42");
      expect(transport).to.include({ connected: true, producer: undefined });
      expect(source.listeners).to.equal(0);
    });

    it("waits here while the peer is behind, and goes on in order", () => {
      const done = begin();
      behind();
      for (const piece of ["a", "b", "c"]) source.next(piece);
      source.complete();
      expect(transport.text()).to.equal("a");
      assertNoResult(done);
      transport.drain();
      expect(transport.text()).to.equal("abc");
      expect(successResultOf(done)).to.deep.equal({ writtenBytes: 3, droppedBytes: 0 });
    });

    it("stops again where the peer falls behind again", () => {
      begin();
      behind();
      for (const piece of ["a", "b", "c"]) source.next(piece);
      transport.drain();
      behind();
      source.next("d");
      source.next("e");
      expect(transport.text()).to.equal("abcd");
    });

    it("fails when too much waits, and listens no longer", () => {
      const done = begin({ maxBufferedBytes: 3 });
      behind();
      for (const piece of ["first", "abc", "d"]) source.next(piece);
      expect(failureResultOf(done, QueueFullError).message).to.match(
        /3 bytes wait already, and 1 are too much/,
      );
      expect(source.listeners).to.equal(0);
      expect(transport).to.include({ connected: true, producer: undefined });
      transport.drain();
      expect(transport.text()).to.equal("first");
    });

    it("leaves out what is new, where that is asked for", () => {
      const done = begin({ maxBufferedBytes: 3, overflow: "drop-newest" });
      behind();
      for (const piece of ["first", "ab", "cd", "e"]) source.next(piece);
      transport.drain();
      source.complete();
      expect(transport.text()).to.equal("firstabe");
      expect(successResultOf(done)).to.deep.equal({ writtenBytes: 8, droppedBytes: 2 });
    });

    it("leaves out what is old, where that is asked for", () => {
      const done = begin({ maxBufferedBytes: 3, overflow: "drop-oldest" });
      behind();
      for (const piece of ["first", "ab", "cd", "too long", "e"]) source.next(piece);
      transport.drain();
      source.complete();
      expect(transport.text()).to.equal("firstcde");
      expect(successResultOf(done)).to.deep.equal({ writtenBytes: 8, droppedBytes: 10 });
    });

    it("fails as the Observable does, behind what came before", () => {
      const done = begin();
      behind();
      source.next("a");
      source.next("b");
      source.error(new RangeError("x"));
      assertNoResult(done);
      transport.drain();
      expect(transport.text()).to.equal("ab");
      failureResultOf(done, RangeError);
      expect(transport.producer).to.equal(undefined);
    });

    it("fails when the connection ends, and is listened to no longer", () => {
      const done = begin();
      source.next("a");
      transport.lose();
      failureResultOf(done, ConnectionDoneError);
      expect(source.listeners).to.equal(0);
      const late = begin();
      failureResultOf(late, ConnectionDoneError);
      expect(source.listeners).to.equal(0);
    });

    it("can be given up", () => {
      const done = begin();
      behind();
      source.next("a");
      source.next("b");
      done.cancel();
      failureResultOf(done, CancelledError);
      expect(source.listeners).to.equal(0);
      transport.drain();
      expect(transport.text()).to.equal("a");
      expect(transport.producer).to.equal(undefined);
    });

    it("fails for what is neither bytes nor text, and listens no longer", () => {
      const done = begin();
      source.next("tea");
      source.next(42 as never);
      source.next("milk");
      expect(failureResultOf(done, TypeError).message).to.include("bytes or text, not 42");
      expect(transport.text()).to.equal("tea");
      expect([source.listeners, transport.producer]).to.deep.equal([0, undefined]);
    });

    it("is the only thing that is produced", () => {
      begin();
      expect(() => begin()).to.throw(ProducerRegisteredError);
      expect(() => begin({ maxBufferedBytes: -1 })).to.throw(BadOptionError, "not -1");
      const overflow = "drop" as "fail";
      expect(() => begin({ overflow })).to.throw(BadOptionError, "drop-oldest, not drop");
    });
  });
}

it("only an Observable can be written, and the connection stays free for one", () => {
  const transport = new StringTransport();
  expect(() => writeAll(transport, ["tea"] as never)).to.throw(BadOptionError, "not tea");
  expect(transport.producer).to.equal(undefined);
});
