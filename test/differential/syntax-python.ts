import { used, type Syntax } from "./syntax.ts";

const HELPERS = `\
from twisted.internet.defer import *
from twisted.internet.defer import FirstError
from twisted.internet.task import Clock
from twisted.python.failure import Failure

class Boom(Exception):
    def __init__(self, n): super().__init__("e%d" % n)
def name(e):
    if isinstance(e, FirstError): return "FirstError(%d, %s)" % (e.index, show(e.subFailure))
    if type(e).__name__ == "FailureGroup": return "FailureGroup(" + show(e.failures) + ")"
    return str(e) if isinstance(e, Boom) else type(e).__name__
def show(x):
    if isinstance(x, Failure): return "Failure(" + name(x.value) + ")"
    if isinstance(x, (list, tuple)): return "[" + ", ".join(map(show, x)) + "]"
    if isinstance(x, bool): return str(x).lower()
    return "nothing" if x is None else str(x) if isinstance(x, int) else type(x).__name__
def attempt(op, f):
    try: return f()
    except BaseException as e: print(op, "threw", name(e))
`;

const RESOURCES = {
  clock: "clock = Clock()",
  lock: "lock = DeferredLock()",
  semaphore: "semaphore = DeferredSemaphore(2)",
  queue: "queue = DeferredQueue(2, 2)",
};

const ENDING = `\
all = [(d, globals()[d]) for d in "NAMES".split(", ") if globals()[d]]
for d, deferred in all: print(d, "called:", str(bool(deferred.called)).lower())
TIMERSfor d, deferred in all: deferred.addBoth(lambda result, d: print(d, "left:", show(result)), d)
`;

const TIMERS = 'if clock.calls: print("timers:", len(clock.calls))\n';

function prelude(body: string): string {
  const resources = used(Object.keys(RESOURCES), body)
    .map((name) => `${RESOURCES[name as keyof typeof RESOURCES]}\n`)
    .join("");
  // Twisted's own is younger than the Twisted that the oracle may run on.
  const race = used(["race"], body).map(
    () => "from oracle import race # with PYTHONPATH=test/differential\n",
  );
  return `${HELPERS}${race.join("")}${resources}`;
}

export const PYTHON: Syntax = {
  prelude,
  ending: (names, body) =>
    ENDING.replace("NAMES", names).replace("TIMERS", () =>
      used(["clock"], body).length > 0 ? TIMERS : "",
    ),
  indent: "    ",
  end: "",
  close: "",
  global: true,
  variable: "",
  create: "",
  throw: "raise",
  nothing: "None",
  declare: (names) => `${names.join(" = ")} = None`,
  arrow: (expression) => `lambda: ${expression}`,
  options: (names) => names.map((option) => `${option}=True`).join(", "),
  handler: (name) => `def ${name}(result, *_):`,
  generator: (name) => `def ${name}():`,
  log: (text, value) => (value ? `print("${text.trimEnd()}", show(${value}))` : `print("${text}")`),
  ifAll: (names) => `if ${names.join(" and ")}:`,
  yield: (generator, value, { again }) => [
    "try:",
    `    print("${generator} got", show((yield ${value})))`,
    "except Exception as e:",
    `    print("${generator} caught", name(e))`,
    ...(again ? ["    raise"] : []),
  ],
  noYield: ["if False: yield"],
};
