/** Reads built pages with a parser of HTML, and follows their links. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { posix } from "node:path";
import { type DefaultTreeAdapterTypes, parse } from "parse5";

/** Those that have no end. */
const VOID = /^(br|hr|img|input|link|meta)$/;

type Node = DefaultTreeAdapterTypes.Node;

export interface Page {
  /** What the parser had to mend, as `CODE at LINE`, and elements that are not closed. */
  readonly errors: readonly string[];
  /** All ids, repeated ones too. */
  readonly ids: readonly string[];
  /** What links, styles and scripts point to. */
  readonly targets: readonly string[];
}

export function readPage(html: string): Page {
  const errors: string[] = [];
  const ids: string[] = [];
  const targets: string[] = [];
  const document = parse(html, {
    onParseError: ({ code, startLine }) => errors.push(`${code} at ${startLine}`),
    sourceCodeLocationInfo: true,
  });
  const visit = (node: Node): void => {
    for (const { name, value } of "attrs" in node ? node.attrs : []) {
      if (name === "id") ids.push(value);
      if (name === "href" || name === "src") targets.push(value);
    }
    if ("tagName" in node && !VOID.test(node.tagName)) {
      const { startTag, endTag } = node.sourceCodeLocation ?? {};
      if (startTag && !endTag)
        errors.push(`${node.tagName} is not closed at ${startTag.startLine}`);
    }
    if ("childNodes" in node) node.childNodes.forEach(visit);
  };
  visit(document);
  return { errors, ids, targets };
}

/** The links of pages that lead nowhere, as `PAGE: LINK`; those to the web are not followed. */
export function deadLinks(folder: string, pages: ReadonlyMap<string, Page>): string[] {
  return [...pages].flatMap(([path, { targets }]) =>
    targets.filter((target) => !leads(folder, pages, path, target)).map((to) => `${path}: ${to}`),
  );
}

function leads(
  folder: string,
  pages: ReadonlyMap<string, Page>,
  from: string,
  target: string,
): boolean {
  if (/^[a-z]+:/.test(target)) return true;
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? from : posix.join(posix.dirname(from), file);
  const there = pages.get(path);
  if (there === undefined) return existsSync(`${folder}/${path}`) && anchor === undefined;
  return anchor === undefined || there.ids.includes(decodeURIComponent(anchor));
}

/** The pages below a folder, by their paths. */
export function readPages(folder: string, paths: readonly string[]): Map<string, Page> {
  const pages = new Map<string, Page>();
  for (const path of paths) {
    if (path.endsWith(".html") && statSync(`${folder}/${path}`).isFile()) {
      pages.set(path, readPage(readFileSync(`${folder}/${path}`, "utf8")));
    }
  }
  return pages;
}
