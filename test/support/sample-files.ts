/**
 * Puts samples into files below the repository's root, where `skein` resolves to the package
 * itself, and compiles them. The samples of one document share a folder, and may import one another
 * by the names that they give themselves.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { root } from "./read-sources.ts";
import type { Sample } from "./samples.ts";

const FOLDER = ".samples";
const DIAGNOSTIC = /^(?<path>[^(\n]+)\((?<line>\d+),(?<column>\d+)\): (?<message>.*)$/;

/** The file of a sample, from the root of the repository. */
export function pathOf({ document, line, name }: Sample): string {
  return `${FOLDER}/${document.replaceAll("/", "-")}/${name ?? `line-${line}.ts`}`;
}

export function writeSamples(samples: readonly Sample[]): void {
  rmSync(join(root, FOLDER), { recursive: true, force: true });
  for (const sample of samples) {
    const path = join(root, pathOf(sample));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, sample.code);
  }
  const config = {
    extends: "../tsconfig.json",
    // A sample may show a value without using it, and need not export anything to be a module.
    compilerOptions: {
      noUnusedLocals: false,
      noUnusedParameters: false,
      moduleDetection: "force",
    },
    include: [],
    files: samples.map((sample) => pathOf(sample).slice(FOLDER.length + 1)),
  };
  mkdirSync(join(root, FOLDER), { recursive: true });
  writeFileSync(join(root, FOLDER, "tsconfig.json"), JSON.stringify(config, null, 2));
}

export interface Complaint {
  /** The sample that the compiler complains about; absent when it is about another file. */
  readonly sample: Sample | undefined;
  /** The compiler's words, with the place in the document instead of that in the sample's file. */
  readonly text: string;
}

/** Compiles the written samples, all in one run. */
export async function compileSamples(samples: readonly Sample[]): Promise<Complaint[]> {
  const byPath = new Map(samples.map((sample) => [pathOf(sample), sample]));
  const output = await tsc("--noEmit", "--pretty", "false", "--project", `${FOLDER}/tsconfig.json`);
  return output
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const { path = "", line: at, column, message } = DIAGNOSTIC.exec(line)?.groups ?? {};
      const sample = byPath.get(path.replaceAll("\\", "/"));
      if (sample === undefined) return { sample, text: line };
      const place = `${sample.document}:${sample.line + Number(at)}:${column}`;
      return { sample, text: `${place}: ${message}` };
    });
}

/** Runs the compiler, and returns what it says; a failure says something. */
async function tsc(...args: readonly string[]): Promise<string> {
  const folder = join(root, "node_modules", "typescript");
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly bin: { readonly tsc: string };
  };
  const command = [join(folder, manifest.bin.tsc), ...args];
  try {
    return (await promisify(execFile)(process.execPath, command, { cwd: root })).stdout;
  } catch (error) {
    const { stdout, message } = error as Error & { readonly stdout?: string };
    return stdout || message;
  }
}
