/**
 * What an entry point exports, read from the declarations in dist: there the compiler has left out
 * bodies, and written out types.
 */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseSync } from "oxc-parser";
import { inRoot } from "../lib/paths.mjs";

const modules = new Map();

/**
 * The exports of a file of declarations, by name and in order: `{ name, file, nodes, text }` each,
 * where several nodes are overloads, or a type and a value of one name.
 */
export function exportsOf(file) {
  const found = new Map();
  const { exported, stars } = moduleOf(file);
  for (const [name, place] of exported) {
    const declared = resolve(file, place);
    if (declared !== undefined) found.set(name, { ...declared, name });
  }
  for (const star of stars) {
    for (const [name, declared] of exportsOf(star)) {
      if (!found.has(name)) found.set(name, declared);
    }
  }
  return found;
}

/** The comment at the head of a source, without its stars. */
export function headOf(file) {
  const source = inRoot("src", relative(inRoot("dist"), file).replace(/\.d\.ts$/, ".ts"));
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(source, "utf8"))?.[1];
  return comment === undefined ? undefined : bare(comment);
}

/** The docstring that ends right before a place in a file. */
export function docBefore(file, start) {
  const { comments, text } = moduleOf(file);
  const comment = comments.find(
    ({ end, value }) =>
      end <= start && value.startsWith("*") && text.slice(end, start).trim() === "",
  );
  return comment === undefined ? undefined : bare(comment.value.slice(1));
}

export function commentsOf(file) {
  return moduleOf(file).comments;
}

function bare(comment) {
  return comment
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();
}

function resolve(file, { from, local }) {
  if (from !== undefined) return exportsOf(from).get(local);
  const { declared, imported, text } = moduleOf(file);
  const nodes = declared.get(local);
  if (nodes !== undefined) return { name: local, file, nodes, text };
  const origin = imported.get(local);
  return origin === undefined ? undefined : exportsOf(origin.from).get(origin.local);
}

function moduleOf(file) {
  let module = modules.get(file);
  if (module === undefined) modules.set(file, (module = readModule(file)));
  return module;
}

function readModule(file) {
  const text = readFileSync(file, "utf8");
  const { program, comments } = parseSync(file, text);
  const module = { text, comments, declared: new Map(), imported: new Map() };
  module.exported = new Map();
  module.stars = [];
  for (const statement of program.body) readStatement(file, statement, module);
  return module;
}

function readStatement(file, statement, { declared, imported, exported, stars }) {
  // Null is the source of `export { name }`, which is of this file.
  const from = statement.source ? target(file, statement.source.value) : undefined;
  if (statement.type === "ImportDeclaration") {
    for (const { local, imported: name } of statement.specifiers) {
      if (from !== undefined && name !== undefined) {
        imported.set(local.name, { from, local: name.name });
      }
    }
  } else if (statement.type === "ExportAllDeclaration") {
    if (from !== undefined) stars.push(from);
  } else if (statement.type === "ExportDefaultDeclaration") {
    exported.set("default", { local: statement.declaration.name });
  } else if (statement.type === "ExportNamedDeclaration") {
    for (const { local, exported: name } of statement.specifiers) {
      exported.set(name.name, { from, local: local.name });
    }
    for (const name of namesOf(statement.declaration)) {
      declare(declared, name, statement);
      exported.set(name, { local: name });
    }
  } else {
    for (const name of namesOf(statement)) declare(declared, name, statement);
  }
}

function declare(declared, name, node) {
  declared.set(name, [...(declared.get(name) ?? []), node]);
}

function namesOf(declaration) {
  if (declaration?.type === "VariableDeclaration") {
    return declaration.declarations.map(({ id }) => id.name);
  }
  return declaration?.id?.name === undefined ? [] : [declaration.id.name];
}

/** Declarations name sources; `node:` modules are nobody's here. */
function target(file, specifier) {
  if (!specifier.startsWith(".")) return undefined;
  return join(dirname(file), specifier.replace(/\.(ts|js)$/, ".d.ts"));
}
