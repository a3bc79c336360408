"""
The interpreter of programs in Python, on the real Twisted: the oracle.

Reads one request a line, a JSON array of programs, and answers it by one line, a JSON array of
{"trace": [...], "cut": null or the name of a departure}. A program with "raw": true is run on
Twisted as it is. Any other is adapted to the departures that departures.ts lists: where that can
be done, what differs is replaced by what is wanted here; where it cannot, the trace is cut at the
last event before the difference. The operations mirror those of operations/*.ts.
"""

import json
import sys
import warnings
from types import MethodType

from twisted.internet.defer import (
    Deferred,
    DeferredList,
    DeferredLock,
    DeferredQueue,
    DeferredSemaphore,
    FirstError,
    gatherResults,
    inlineCallbacks,
)
from twisted.internet.defer import _InternalInlineCallbacksCancelledError as InternalCancel
from twisted.internet.task import Clock
from twisted.logger import globalLogBeginner
from twisted.python.failure import Failure


# Departure: "names of errors".
NAMES = {
    "AssertionError": "NotAcquiredError",
    "QueueOverflow": "QueueOverflowError",
    "QueueUnderflow": "QueueUnderflowError",
}


class Boom(Exception):
    """The errors that programs throw."""

    def __init__(self, n):
        super().__init__("e%d" % n)


# So many events a program may have: what is left of it then is left out, by both interpreters.
EVENTS_MAX = 1000
TOO_MANY = "too many events"

RUN_CALLBACKS = Deferred._runCallbacks.__code__


def result_of(deferred):
    return getattr(deferred, "result", None)


def in_circle(deferred):
    """Whether those that wait for one another, from this one on, lead into a circle."""
    passed = set()
    while isinstance(deferred, Deferred):
        if id(deferred) in passed:
            return True
        passed.add(id(deferred))
        deferred = result_of(deferred)
    return False


class Plain(Deferred):
    """A Deferred whose departures are adapted to, or found."""

    def __init__(self, machine, canceller=None):
        self._machine = machine
        self._pauses = 0
        super().__init__(canceller)

    @property
    def paused(self):
        if self._pauses:
            frame = sys._getframe(1)
            if frame.f_code is RUN_CALLBACKS:
                # Having come to this one, Twisted forgets those that gave it its result.
                *givers, last = frame.f_locals["chain"]
                if last is self and any(giver.callbacks for giver in givers):
                    self._machine.cut("a paused waiter")
        return self._pauses

    @paused.setter
    def paused(self, pauses):
        self._pauses = pauses

    def unpause(self):
        waiting = isinstance(result_of(self), Deferred)
        if self._pauses > (1 if waiting else 0):  # Departure: "too many unpauses".
            super().unpause()

    def cancel(self):
        if in_circle(self):
            return  # Departure: "cancelling a circle".
        super().cancel()


class BadOptionError(Exception):
    pass


class FailureGroup(Exception):
    def __init__(self, failures):
        self.failures = failures


def race(deferreds, adapted=False):
    """Stands in for Twisted's, which is younger than the Twisted that this may run on."""
    racers = dict(enumerate(deferreds))
    if adapted:  # Departure: "a racer that is given twice".
        racers = {i: racer for i, racer in racers.items() if racer not in deferreds[:i]}
    failures = {}
    winner = None

    class Race(Deferred):
        def cancel(self):
            if adapted and winner is not None and not self.called:
                return  # Departure: "a race that a loser cancels".
            Deferred.cancel(self)

    def is_over():
        return adapted and final.called  # Departure: "a race that is cancelled in vain".

    def cancel(final):
        for racer in deferreds:
            racer.cancel()

    def succeeded(value, index):
        nonlocal winner
        if winner is not None or is_over():
            return
        winner = racers[index]
        for other in racers.values():
            if other is not winner:
                other.cancel()
        final.callback((index, value))

    def failed(failure, index):
        failures[index] = failure
        if len(failures) == len(racers) and not is_over():
            final.errback(FailureGroup([failures[index] for index in racers]))

    final = Race(cancel)
    for index, racer in racers.items():
        racer.addCallbacks(succeeded, failed, (index,), None, (index,), None)
    return final


class Coroutine:
    """What is known of a generator under inlineCallbacks."""

    def __init__(self):
        # What the program got, and what is fired at the end: Twisted makes a new Deferred, which
        # the one before waits for, whenever it is cancelled.
        self.deferred = None
        self.current = None
        self.running = False
        self.cancelling = False
        self.ended = False

    def being_cancelled(self):
        """Whether it is just now told of its cancellation: its callbacks have to wait."""
        result = result_of(self.current)
        return isinstance(result, Failure) and bool(result.check(InternalCancel))

    def is_late(self):
        """Whether its callbacks ought to have run."""
        return self.ended and self.being_cancelled() and bool(self.deferred.callbacks)


class Machine:
    def __init__(self, program):
        self.raw = program.get("raw", False)
        self.plain = program["plain"]
        self.steps = program["steps"]
        self.trace = []
        self.departure = None
        self.slots = {}
        self.coroutines = []
        self.clock = Clock()
        self.lock = DeferredLock()
        self.semaphore = DeferredSemaphore(2)
        self.queue = DeferredQueue(2, 2)
        # The Deferreds of those who ran with a lock, having waited for it, and what they gave;
        # and how many release it now.
        self.of_runs = []
        self.releasing = 0
        if not self.raw:
            self.guard_release(self.lock)
            self.guard_release(self.semaphore)
        # Errors that no Deferred of the program can hold.
        self.lost = []

    def main(self):
        for slot, canceller in enumerate(self.plain):
            self.slots[slot] = self.make_plain(canceller, slot)
        for step in self.steps:
            self.do(step)
        if self.is_over():
            return
        slots = sorted(self.slots.items())
        for slot, deferred in slots:
            self.note("d%d called: %s" % (slot, "true" if self.called(deferred) else "false"))
        timers = len(self.clock.getDelayedCalls())
        if timers:
            self.note("timers: %d" % timers)
        unhandled = ["unhandled: " + error for error in self.lost]
        for slot, deferred in slots:
            info = deferred._debugInfo
            if info is None or info.failResult is None:
                continue
            if deferred.paused and not self.raw:
                continue  # Departure: "a paused failure".
            unhandled.append("d%d unhandled: %s" % (slot, self.error(info.failResult.value)))
        for event in sorted(unhandled):
            self.note(event)
        for slot, deferred in slots:
            deferred.addBoth(self.tell, slot)

    def tell(self, result, slot):
        self.note("d%d left: %s" % (slot, self.show(result)))

    def is_over(self):
        return self.departure is not None or len(self.trace) >= EVENTS_MAX

    def note(self, event):
        if self.is_over():
            return
        if len(self.trace) == EVENTS_MAX - 1:
            event = TOO_MANY
        if any(coroutine.is_late() for coroutine in self.coroutines):
            self.cut("late callbacks of a cancelled coroutine")
        else:
            self.trace.append(event)

    def cut(self, departure):
        if self.departure is None and not self.raw:
            self.departure = departure

    def make_plain(self, canceller, slot):
        call = self.canceller(canceller, slot) if canceller["kind"] != "none" else None
        return Deferred(call) if self.raw else Plain(self, call)

    def canceller(self, canceller, slot):
        kind = canceller["kind"]

        def call(deferred):
            self.note("d%d cancelling" % slot)
            if kind == "value":
                deferred.callback(canceller["n"])
            if kind == "error":
                deferred.errback(Boom(canceller["n"]))
            if kind == "cancels":
                deferred.cancel()
            # Departure: "a canceller that throws". The Deferred is then failed by cancel().
            if kind == "throws" and self.raw:
                raise Boom(canceller["n"])

        return call

    def put(self, step, deferred):
        self.slots[step["into"]] = deferred

    def called(self, deferred):
        # Departure: "a coroutine that survives its cancellation".
        coroutine = self.coroutine_of(deferred)
        return deferred.called if coroutine is None else coroutine.ended

    def check_late(self, deferred, only_ended=False):
        """Called when something is about to be done with a Deferred."""
        if deferred._runningCallbacks and self.releasing:
            if any(deferred is of_run for of_run in self.of_runs):
                self.cut("a run that is being finished")
        coroutine = self.coroutine_of(deferred)
        if coroutine is None or (only_ended and not coroutine.ended):
            return
        if coroutine.being_cancelled():
            self.cut("late callbacks of a cancelled coroutine")

    def coroutine_of(self, deferred):
        for coroutine in self.coroutines:
            if coroutine.deferred is deferred:
                return coroutine
        return None

    def do(self, step):
        if self.is_over():
            return
        slots = [step[key] for key in ("on", "to") if key in step] + step.get("all", [])
        gives = step.get("gives")
        if gives is not None and gives["kind"] == "deferred":
            slots.append(gives["slot"])
        if any(slot not in self.slots for slot in slots):
            return
        for slot in slots:
            self.check_late(self.slots[slot], only_ended=True)
        try:
            OPERATIONS[step["op"]](self, step)
        except BaseException as error:
            self.note("%s threw %s" % (step["op"], self.error(error)))

    def handler(self, handler, owner):
        def call(result):
            self.note("h%d got %s" % (handler["label"], self.show(result)))
            for step in handler["steps"]:
                self.do(step)
            given = self.give(handler["gives"], result)
            if isinstance(given, Deferred):
                if given is owner and not self.raw:
                    raise TypeError  # Departure: "a Deferred that waits for itself".
                self.check_late(given)
            return given

        return call

    def give(self, gives, received=None):
        kind = gives["kind"]
        if kind == "value":
            return gives["n"]
        if kind == "error":
            raise Boom(gives["n"])
        if kind == "failure":
            return Failure(Boom(gives["n"]))
        if kind == "deferred":
            return self.slots.get(gives["slot"])
        return received if kind == "same" else None

    def body(self, body, coroutine):
        name = "g%d" % body["label"]
        coroutine.running = True
        try:
            for statement in body["statements"]:
                kind = statement["kind"]
                if kind == "do":
                    self.do(statement["step"])
                    continue
                if kind == "yield" and statement["slot"] not in self.slots:
                    continue
                try:
                    coroutine.running = False
                    try:
                        if kind == "yield":
                            self.check_late(self.slots[statement["slot"]])
                            got = yield self.slots[statement["slot"]]
                        else:
                            got = yield statement["n"]
                    finally:
                        coroutine.running = True
                    self.note("%s got %s" % (name, self.show(got)))
                except GeneratorExit:
                    raise
                except BaseException as error:
                    self.note("%s caught %s" % (name, self.error(error)))
                    if not statement["caught"]:
                        raise
            self.note("%s ends" % name)
            return self.give(body["gives"])
        finally:
            coroutine.running = False
            coroutine.ended = True
            if coroutine.cancelling and coroutine.deferred.callbacks:
                self.cut("late callbacks of a cancelled coroutine")

    def start(self, body):
        coroutine = Coroutine()
        coroutine.deferred = inlineCallbacks(lambda: self.body(body, coroutine))()
        if not self.raw:
            self.coroutines.append(coroutine)
            self.guard(coroutine, coroutine.deferred)
        return coroutine.deferred

    def guard(self, coroutine, deferred):
        """Finds what departs in the cancellation of a coroutine."""

        def cancel(deferred):
            if in_circle(deferred):
                return  # Departure: "cancelling a circle".
            if coroutine.ended or deferred is not coroutine.current:
                Deferred.cancel(deferred)  # It waits, and passes it on.
                return
            if coroutine.running:
                self.cut("a coroutine that cancels itself")
                return
            if coroutine.cancelling:
                self.cut("what is cancelled while it is cancelled")
                return
            coroutine.cancelling = True
            Deferred.cancel(deferred)
            coroutine.cancelling = False
            if not coroutine.ended:
                self.guard(coroutine, result_of(deferred))

        coroutine.current = deferred
        deferred.cancel = MethodType(cancel, deferred)

    def guard_release(self, lock):
        """Notices the release at the end of a run."""
        release = lock._releaseAndReturn

        def counted(result):
            self.releasing += 1
            try:
                return release(result)
            finally:
                self.releasing -= 1

        lock._releaseAndReturn = counted

    def guard_list(self, deferred):
        """Finds what departs in the cancellation of a list, or of a race."""
        cancelling = False

        def cancel(deferred):
            nonlocal cancelling
            if in_circle(deferred):
                return  # Departure: "cancelling a circle".
            if cancelling:
                self.cut("what is cancelled while it is cancelled")
                return
            # Departure: "a list that waits for another Deferred".
            if deferred.called:
                Deferred.cancel(deferred)
                return
            cancelling = True
            type(deferred).cancel(deferred)
            cancelling = False

        if not self.raw:
            deferred.cancel = MethodType(cancel, deferred)

    def show(self, value):
        if value is None:
            return "nothing"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Failure):
            return "Failure(%s)" % self.error(value.value)
        if isinstance(value, Deferred):
            for slot, deferred in self.slots.items():
                if deferred is value:
                    return "d%d" % slot
            return "a Deferred"
        if isinstance(value, (list, tuple)):
            return "[%s]" % ", ".join(self.show(item) for item in value)
        return str(value) if isinstance(value, int) else type(value).__name__

    def error(self, error):
        if isinstance(error, Boom):
            return str(error)
        if isinstance(error, FirstError):
            return "FirstError(%d, %s)" % (error.index, self.show(error.subFailure))
        if isinstance(error, FailureGroup):
            return "FailureGroup(%s)" % self.show(error.failures)
        name = type(error).__name__
        return name if self.raw else NAMES.get(name, name)


# --- the operations ---


def add_callback(machine, step):
    deferred = machine.slots[step["on"]]
    deferred.addCallback(machine.handler(step["callback"], deferred))


def add_errback(machine, step):
    deferred = machine.slots[step["on"]]
    deferred.addErrback(machine.handler(step["errback"], deferred))


def add_both(machine, step):
    deferred = machine.slots[step["on"]]
    deferred.addBoth(machine.handler(step["callback"], deferred))


def add_callbacks(machine, step):
    deferred = machine.slots[step["on"]]
    callback = machine.handler(step["callback"], deferred)
    deferred.addCallbacks(callback, machine.handler(step["errback"], deferred))


def callback(machine, step):
    deferred, gives = machine.slots[step["on"]], step["gives"]
    if gives["kind"] == "deferred" and not machine.raw:
        raise TypeError  # Departure: "firing with a Deferred".
    deferred.callback(machine.give(gives))


def errback(machine, step):
    deferred, gives = machine.slots[step["on"]], step["gives"]
    deferred.errback(Boom(gives["n"]) if gives["kind"] == "error" else machine.give(gives))


def cancel(machine, step):
    machine.slots[step["on"]].cancel()


def pause(machine, step):
    machine.slots[step["on"]].pause()


def unpause(machine, step):
    machine.slots[step["on"]].unpause()


def coroutine(machine, step):
    machine.put(step, machine.start(step["body"]))


def chain_deferred(machine, step):
    machine.slots[step["on"]].chainDeferred(machine.slots[step["to"]])


def add_timeout(machine, step):
    deferred, handler = machine.slots[step["on"]], step.get("callback")
    on_timeout = handler and machine.handler(handler, deferred)
    call = handler and (lambda result, seconds: on_timeout(result))
    deferred.addTimeout(step["amount"], machine.clock, call)


def advance(machine, step):
    machine.clock.advance(step["amount"])


def deferred_list(machine, step):
    if not step["all"] and step["flags"][0] and not machine.raw:
        raise BadOptionError  # Departure: "a list that could never fire".
    deferred = DeferredList([machine.slots[slot] for slot in step["all"]], *step["flags"])
    machine.guard_list(deferred)
    machine.put(step, deferred)


def gather_results(machine, step):
    deferred = gatherResults([machine.slots[slot] for slot in step["all"]], step["flags"][2])
    machine.guard_list(deferred)
    machine.put(step, deferred)


def run_race(machine, step):
    deferred = race([machine.slots[slot] for slot in step["all"]], adapted=not machine.raw)
    machine.guard_list(deferred)
    machine.put(step, deferred)


def acquire(name):
    return lambda machine, step: machine.put(step, getattr(machine, name).acquire())


def release(name):
    return lambda machine, step: getattr(machine, name).release()


def run(name):
    def run_handler(machine, step):
        handler = machine.handler(step["callback"], None)
        waits = False

        def call(result):
            given = handler(result)
            if given is not None and given is machine.slots.get(step["into"]):
                machine.cut("a Deferred that waits for itself")
            if waits and isinstance(given, Deferred):
                machine.of_runs.append(given)
            return given

        deferred = getattr(machine, name).run(call, None)
        waits = True
        machine.of_runs.append(deferred)
        machine.put(step, deferred)

    return run_handler


def put(machine, step):
    machine.queue.put(machine.give(step["gives"]))


def get(machine, step):
    machine.put(step, machine.queue.get())


OPERATIONS = {
    "addCallback": add_callback,
    "addErrback": add_errback,
    "addBoth": add_both,
    "addCallbacks": add_callbacks,
    "callback": callback,
    "errback": errback,
    "cancel": cancel,
    "pause": pause,
    "unpause": unpause,
    "chainDeferred": chain_deferred,
    "addTimeout": add_timeout,
    "advance": advance,
    "inlineCallbacks": coroutine,
    "DeferredList": deferred_list,
    "gatherResults": gather_results,
    "race": run_race,
    "acquireLock": acquire("lock"),
    "releaseLock": release("lock"),
    "runLocked": run("lock"),
    "acquireSemaphore": acquire("semaphore"),
    "releaseSemaphore": release("semaphore"),
    "runWithSemaphore": run("semaphore"),
    "put": put,
    "get": get,
}


def interpret(program):
    machine = Machine(program)
    machine.main()
    return {"trace": machine.trace, "cut": machine.departure}


def main():
    warnings.simplefilter("ignore")
    # What is unhandled is in the traces; Twisted would tell it again when it is collected.
    globalLogBeginner.beginLoggingTo([lambda event: None], redirectStandardIO=False)
    for line in sys.stdin:
        answers = [interpret(program) for program in json.loads(line)]
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
