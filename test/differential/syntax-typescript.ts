import { used, type Syntax } from "./syntax.ts";

const HELPERS = `\
class Boom extends Error {
  constructor(n) { super("e" + n); }
}
const name = (e) =>
  e instanceof Boom ? e.message
  : e instanceof FirstError ? "FirstError(" + e.index + ", " + show(e.subFailure) + ")"
  : e instanceof FailureGroup ? "FailureGroup(" + show(e.failures) + ")"
  : e.name;
const show = (x) =>
  x instanceof Failure ? "Failure(" + name(x.value) + ")"
  : Array.isArray(x) ? "[" + x.map(show).join(", ") + "]"
  : x instanceof Object ? x.constructor.name
  : x === undefined ? "nothing" : String(x);
const attempt = (op, f) => {
  try { return f(); } catch (e) { console.log(op, "threw", name(e)); }
};
`;

const CLASSES = [
  "Deferred",
  "DeferredList",
  "DeferredLock",
  "DeferredQueue",
  "DeferredSemaphore",
  "Failure",
  "FailureGroup",
  "FirstError",
  "gatherResults",
  "inlineCallbacks",
  "race",
];

const RESOURCES = {
  clock: "const clock = new Clock();",
  lock: "const lock = new DeferredLock();",
  semaphore: "const semaphore = new DeferredSemaphore(2);",
  queue: "const queue = new DeferredQueue({ size: 2, backlog: 2 });",
};

const ENDING = `\
const all = Object.entries({ NAMES }).filter(([, d]) => d);
for (const [d, { called }] of all) console.log(d, "called:", called);
TIMERSfor (const [d, deferred] of all) {
  deferred.addBoth((result) => console.log(d, "left:", show(result)));
}
`;

const TIMERS = 'if (clock.waiting > 0) console.log("timers:", clock.waiting);\n';

function prelude(body: string): string {
  const resources = used(Object.keys(RESOURCES), body)
    .map((name) => `${RESOURCES[name as keyof typeof RESOURCES]}\n`)
    .join("");
  const rest = `${HELPERS}${resources}`;
  const names = used(CLASSES, `${rest}${body}`).join(", ");
  const clock = used(["clock"], body).map(
    () => 'import { Clock } from "./test/differential/clock.ts";\n',
  );
  return `import { ${names} } from "skein/defer";\n${clock.join("")}\n${rest}`;
}

export const TYPESCRIPT: Syntax = {
  prelude,
  ending: (names, body) =>
    ENDING.replace("NAMES", names).replace("TIMERS", () =>
      used(["clock"], body).length > 0 ? TIMERS : "",
    ),
  indent: "  ",
  end: ";",
  close: "};",
  global: false,
  variable: "const ",
  create: "new ",
  throw: "throw",
  nothing: "undefined",
  declare: (names) => `let ${names.join(", ")};`,
  arrow: (expression) => `() => ${expression}`,
  options: (names) => `{ ${names.map((option) => `${option}: true`).join(", ")} }`,
  handler: (name) => `const ${name} = (result) => {`,
  generator: (name) => `const ${name} = function* () {`,
  log: (text, value) =>
    value ? `console.log("${text.trimEnd()}", show(${value}));` : `console.log("${text}");`,
  ifAll: (names) => `if (${names.join(" && ")}) {`,
  yield: (generator, value, { again, star }) => [
    "try {",
    `  console.log("${generator} got", show(yield${star ? "*" : ""} ${value}));`,
    "} catch (e) {",
    `  console.log("${generator} caught", name(e));`,
    ...(again ? ["  throw e;"] : []),
    "}",
  ],
  noYield: ["if (false) yield;"],
};
