/** So that a name that is defined nowhere is one, and not undefined. */
type Names = Record<string, unknown>;

/** Compiles a function from its text, in the sloppy mode that `with` and lasting names need. */
type Compile = new (parameter: string, body: string) => (scope: object) => unknown;

const AWAIT = /\bawait\b/;
const DECLARATION = /^\s*(?:const|let)\b(?=\s*[\w$[{])/;
const ASSIGNMENT = /^\s*(?:const|let|var)\s+([\w$]+\s*=(?!=))/;
const DEFINITION = /^\s*(?:async\s+)?(?:function\s*\*?|class)\s*([\w$]+)/;

/**
 * Evaluates lines of JavaScript, one after another, with the names of a namespace at hand.
 *
 * What is assigned stays: a name of the namespace is changed there, another one is this evaluator's
 * own. `const`, `let`, `function` and `class` at the beginning of a text stay too. `await` may be
 * used. There is no sandbox: the text can do what the program can, and what does not end, a loop,
 * cannot be ended.
 */
export class Evaluator {
  readonly #scope: object;

  constructor(namespace: Names) {
    const own: Names = {};
    const holderOf = (name: string): Names | undefined => {
      if (Object.hasOwn(own, name)) return own;
      return Object.hasOwn(namespace, name) ? namespace : undefined;
    };
    this.#scope = new Proxy(own, {
      has: (_target, name) =>
        typeof name === "string" && (holderOf(name) !== undefined || !(name in globalThis)),
      get(_target, name) {
        if (typeof name !== "string") return undefined;
        const holder = holderOf(name);
        if (holder === undefined) throw new ReferenceError(`${name} is not defined`);
        return holder[name];
      },
      set(_target, name, value) {
        (holderOf(String(name)) ?? own)[String(name)] = value;
        return true;
      },
    });
  }

  /** Whether more has to come before it means something: a bracket is open. */
  isIncomplete(text: string): boolean {
    // It is not run: the first statement ends it, if there is nothing wrong with it.
    const error = attempt(`throw 0;\n${text.replaceAll(/\bawait\b/g, "void")}`);
    if (!(error instanceof SyntaxError)) return false;
    if (error.message === "missing ) after argument list") {
      return text.split("(").length > text.split(")").length;
    }
    return /^Unexpected end of input$|^Unterminated template/.test(error.message);
  }

  /** Throws what the text throws, a SyntaxError too; a promise, if it awaits anything. */
  evaluate(text: string): unknown {
    const candidates = AWAIT.test(text) ? asynchronous(text) : synchronous(text);
    const code = candidates.find((candidate) => !isBroken(candidate)) ?? candidates.at(-1);
    return run(code as string, this.#scope);
  }

  /** Another name, for this evaluator alone. */
  define(name: string, value: unknown): void {
    Reflect.set(this.#scope, name, value);
  }
}

/** What the text may stand for, the best first. */
function synchronous(text: string): string[] {
  const plain = lasting(text.replace(DECLARATION, "var"));
  // A brace at the beginning is more often an object than a block.
  return /^\s*\{/.test(text) ? [`(${text}\n)`, plain] : [plain];
}

function asynchronous(text: string): string[] {
  const body = lasting(text.replace(ASSIGNMENT, "$1"));
  return [`(async () => (${body.replace(/;\s*$/, "")}\n))()`, `(async () => {${body}\n})()`, text];
}

/** A function or class that is kept under its name. */
function lasting(text: string): string {
  const name = DEFINITION.exec(text)?.[1];
  return name === undefined || name === "extends" ? text : `${name} = ${text}`;
}

function isBroken(code: string): boolean {
  return attempt(`throw 0;\n${code}`) instanceof SyntaxError;
}

function attempt(code: string): unknown {
  try {
    return run(code, {});
  } catch (error) {
    return error;
  }
}

function run(code: string, scope: object): unknown {
  const compile = Function as unknown as Compile;
  return new compile("scope", `with (scope) { return eval(${JSON.stringify(code)}); }`)(scope);
}
