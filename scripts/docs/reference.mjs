/** The reference: of each entry point, what it exports, with signatures and docstrings. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import prettier from "prettier";
import { inRoot } from "../lib/paths.mjs";
import { commentsOf, docBefore, exportsOf, headOf } from "./declarations.mjs";

const KINDS = {
  ClassDeclaration: "class",
  TSDeclareFunction: "function",
  FunctionDeclaration: "function",
  TSInterfaceDeclaration: "interface",
  TSTypeAliasDeclaration: "type",
  VariableDeclaration: "value",
};

/**
 * The entry points of the package: `{ name, path, doc, items, elsewhere }`, where path is that of
 * the page. What two of them export is told on the page of the first, the whole package's being
 * the last; `elsewhere` is the rest.
 */
export async function readReference() {
  const { name: own, exports } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const keys = Object.keys(exports).filter((key) => !key.endsWith(".json"));
  const told = new Map();
  const entries = [];
  for (const key of keys.toSorted((a, b) => Number(a === ".") - Number(b === "."))) {
    const name = own + key.slice(1);
    const file = inRoot(exports[key].types);
    const path = `reference/${name.replaceAll("/", "-")}.html`;
    const items = [];
    const elsewhere = [];
    for (const declared of exportsOf(file).values()) {
      const id = `${declared.file} ${declared.nodes[0].start} ${declared.name}`;
      if (told.has(id)) elsewhere.push(told.get(id));
      else {
        const item = itemOf(declared, path);
        told.set(id, item);
        items.push(item);
      }
    }
    await formatSignatures(items);
    entries.push({ name, path, doc: headOf(file), items, elsewhere });
  }
  return entries;
}

function itemOf({ name, file, nodes, text }, page) {
  const declarations = nodes.map((node) => node.declaration ?? node);
  const own = nodes.map((node) => docBefore(file, node.start)).filter((doc) => doc !== undefined);
  return {
    name,
    page,
    kind: KINDS[declarations[0].type] ?? "value",
    doc: own.length > 0 ? own.join("\n\n") : headIfAbout(name, file),
    signature: nodes.map((node) => withoutComments(file, text, node)).join("\n"),
    members: declarations.flatMap((declaration) => membersOf(declaration, file, text)),
  };
}

/** A file of one concept may say at its head what that is. */
function headIfAbout(name, file) {
  const about = basename(file, ".d.ts").replaceAll("-", "").toLowerCase();
  return about === name.toLowerCase() ? headOf(file) : undefined;
}

/** Members that have something to say; the signature lists all of them. */
function membersOf({ body }, file, text) {
  const members = Array.isArray(body?.body) ? body.body : [];
  return members.flatMap((member) => {
    const doc = docBefore(file, member.start);
    if (doc === undefined || isHidden(member)) return [];
    const name = member.key?.name ?? (member.key && text.slice(member.key.start, member.key.end));
    return [{ name: name ?? "constructor", doc }];
  });
}

function isHidden(member) {
  return member.key?.type === "PrivateIdentifier" || member.accessibility === "private";
}

/** The text of a declaration without docstrings, and without what is private. */
function withoutComments(file, text, node) {
  const declaration = node.declaration ?? node;
  const body = declaration.body?.body;
  const hidden = Array.isArray(body) ? body.filter(isHidden) : [];
  const cuts = [...commentsOf(file), ...hidden]
    .filter(({ start, end }) => start >= node.start && end <= node.end)
    .toSorted((a, b) => a.start - b.start);
  let signature = "";
  let at = declaration.start;
  for (const { start, end } of cuts) {
    if (start < at) continue;
    signature += text.slice(at, start);
    at = end;
  }
  return (signature + text.slice(at, declaration.end)).replace(/^declare /, "");
}

const MARK = "// --- next ---";

async function formatSignatures(items) {
  const all = items.map(({ signature }) => signature).join(`\n${MARK}\n`);
  const settings = { parser: "typescript", printWidth: 88 };
  // As ambient declarations, which may lack bodies.
  const formatted = (await prettier.format(all, settings)).split(`${MARK}\n`);
  items.forEach((item, i) => {
    item.signature = formatted[i]?.replaceAll(/\n{2,}/g, "\n").trim() ?? "";
  });
}
