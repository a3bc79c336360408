/** The names that a function uses and does not define: what it would need from where it is. */
import type { Node } from "acorn";

/** A name that is not defined, and where it is used first. */
export interface FreeName {
  /** "this", "super" and "new.target" too, where they are somebody else's. */
  readonly name: string;
  /** In the text that was parsed. */
  readonly at: number;
}

export function freeNames(tree: Node): FreeName[] {
  const finder = new Finder();
  finder.walk(tree, NOWHERE);
  return [...finder.found].map(([name, at]) => ({ name, at }));
}

interface Scope {
  readonly names: ReadonlySet<string>;
  readonly outer: Scope | undefined;
  /** Whether `this` and `new.target` are its own. */
  readonly hasThis: boolean;
  /** Whether it is in a class or an object, so that `super` is its own. */
  readonly hasSuper: boolean;
}

const NOWHERE: Scope = { names: new Set(), outer: undefined, hasThis: false, hasSuper: false };

type Tree = Node & Readonly<Record<string, unknown>>;

class Finder {
  readonly found = new Map<string, number>();

  walk(node: Node, scope: Scope): void {
    const tree = node as Tree;
    switch (tree.type) {
      case "Identifier":
        this.#use(tree["name"] as string, tree, scope);
        return;
      case "ThisExpression":
        if (!scope.hasThis) this.#note("this", tree);
        return;
      case "Super":
        if (!scope.hasSuper) this.#note("super", tree);
        return;
      case "MetaProperty":
        if (!scope.hasThis) this.#note("new.target", tree);
        return;
      case "UnaryExpression":
        // Of what is not there, it is "undefined".
        if (tree["operator"] === "typeof" && isNode(tree["argument"], "Identifier")) return;
        this.#children(tree, scope);
        return;
      case "MemberExpression":
        this.walk(tree["object"] as Node, scope);
        if (tree["computed"] === true) this.walk(tree["property"] as Node, scope);
        return;
      case "LabeledStatement":
        this.walk(tree["body"] as Node, scope);
        break;
      case "BreakStatement":
      case "ContinueStatement":
        break;
      case "Property":
      case "MethodDefinition":
      case "PropertyDefinition":
        this.#member(tree, scope);
        return;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.#function(tree, scope);
        break;
      default:
        this.#children(tree, opens(tree, scope));
    }
  }

  #children(tree: Tree, scope: Scope): void {
    for (const child of childrenOf(tree)) this.walk(child, scope);
  }

  #member(tree: Tree, scope: Scope): void {
    if (tree["computed"] === true) this.walk(tree["key"] as Node, scope);
    if (!isNode(tree["value"])) return;
    // A field's value is computed with the object as `this`.
    const field = tree.type === "PropertyDefinition";
    this.walk(tree["value"], { ...within(scope, []), hasThis: field || scope.hasThis });
  }

  #function(tree: Tree, scope: Scope): void {
    const arrow = tree.type === "ArrowFunctionExpression";
    const names = new Set<string>(arrow ? [] : ["arguments"]);
    if (isNode(tree["id"])) addPattern(tree["id"], names);
    for (const parameter of tree["params"] as Node[]) addPattern(parameter, names);
    addVars(tree["body"] as Tree, names);
    const inside = { ...within(scope, names), hasThis: !arrow || scope.hasThis };
    for (const parameter of tree["params"] as Node[]) this.walk(parameter, inside);
    this.walk(tree["body"] as Node, inside);
  }

  #use(name: string, node: Node, scope: Scope): void {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
      if (at.names.has(name)) return;
    }
    this.#note(name, node);
  }

  #note(name: string, { start }: Node): void {
    if (!this.found.has(name)) this.found.set(name, start);
  }
}

function within(outer: Scope, names: Iterable<string>): Scope {
  return { ...outer, names: new Set(names), outer };
}

/** The scope inside a node: its own, if what is in it defines names for it alone. */
function opens(tree: Tree, scope: Scope): Scope {
  const names = new Set<string>();
  switch (tree.type) {
    case "BlockStatement":
    case "StaticBlock":
    case "Program":
      addBlock(tree["body"] as Tree[], names);
      break;
    case "SwitchStatement":
      for (const { consequent } of tree["cases"] as (Tree & { consequent: Tree[] })[]) {
        addBlock(consequent, names);
      }
      break;
    case "ForStatement":
      if (isNode(tree["init"])) addBlock([tree["init"] as Tree], names);
      break;
    case "ForInStatement":
    case "ForOfStatement":
      addBlock([tree["left"] as Tree], names);
      break;
    case "CatchClause":
      if (isNode(tree["param"])) addPattern(tree["param"], names);
      break;
    case "ClassDeclaration":
    case "ClassExpression":
      if (isNode(tree["id"])) addPattern(tree["id"], names);
      return { ...within(scope, names), hasSuper: true };
    case "ObjectExpression":
      return { ...scope, hasSuper: true };
    default:
      return scope;
  }
  const hasThis = tree.type === "StaticBlock" || scope.hasThis;
  if (tree.type === "StaticBlock") addVars(tree, names);
  return { ...within(scope, names), hasThis };
}

/** What is defined by the statements of a block, for that alone. */
function addBlock(statements: readonly Tree[], names: Set<string>): void {
  for (const statement of statements) {
    if (statement.type === "VariableDeclaration") {
      for (const { id } of statement["declarations"] as { id: Node }[]) addPattern(id, names);
    } else if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
      addPattern(statement["id"] as Node, names);
    }
  }
}

/** The variables that are defined by `var` at any depth. */
function addVars(tree: Tree, names: Set<string>): void {
  if (/Function|Class/.test(tree.type)) return;
  if (tree.type === "VariableDeclaration" && tree["kind"] === "var") addBlock([tree], names);
  for (const child of childrenOf(tree)) addVars(child as Tree, names);
}

/** The names that a pattern defines. */
function addPattern(node: Node, names: Set<string>): void {
  const tree = node as Tree;
  switch (tree.type) {
    case "Identifier":
      names.add(tree["name"] as string);
      return;
    case "AssignmentPattern":
      addPattern(tree["left"] as Node, names);
      return;
    case "RestElement":
      addPattern(tree["argument"] as Node, names);
      return;
    case "ArrayPattern":
      for (const element of tree["elements"] as unknown[]) {
        if (isNode(element)) addPattern(element, names);
      }
      return;
    case "ObjectPattern":
      for (const property of tree["properties"] as Tree[]) {
        addPattern((property["value"] ?? property) as Node, names);
      }
  }
}

function childrenOf(tree: Tree): Node[] {
  return Object.values(tree)
    .flat()
    .filter((value) => isNode(value));
}

function isNode(value: unknown, type?: string): value is Node {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  return typeof value.type === "string" && (type === undefined || value.type === type);
}
