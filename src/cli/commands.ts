/**
 * What the command does beside running daemons, as a table. Each is in a module of its own, which
 * is loaded when it is used: `reactor --help` must answer at once.
 */
import type { Completes } from "./options.ts";
import { SHELLS } from "./shells.ts";

export interface CommandRow {
  /** What help writes behind its word. */
  readonly usage?: string;
  /** What it does: a sentence or two, without a full stop. */
  readonly help: string;
  /** Whether it has help of its own; what is said here is enough for the others. */
  readonly explains?: boolean;
  /** What shells offer behind it. */
  readonly completes?: Completes;
  /** The module of it. */
  readonly load: () => Promise<{ readonly run: RunCommand }>;
}

/** Gets the words behind the command's own, and the table; returns the exit status. */
export type RunCommand = (args: readonly string[], commands: Commands) => Promise<number>;

export type Commands = Readonly<Record<string, CommandRow>>;

/** By their words. Those that begin with dashes stand alone. In the order of the help. */
export const COMMANDS: Commands = {
  top: {
    usage: "PATH|PID",
    help:
      "show how a daemon fares, that was started with --control: on the terminal; with --once or " +
      "--json once, with --web PORT as a page; --every SECONDS",
    completes: "files",
    load: () => import("./top/run-top.ts"),
  },
  new: {
    usage: "FOLDER",
    help: "make a project there: a daemon in TypeScript, with its test",
    completes: "folders",
    explains: true,
    load: () => import("./new-project.ts"),
  },
  completions: {
    usage: "SHELL",
    help: "print what bash, zsh or fish needs to complete the command's words",
    completes: SHELLS,
    load: () => import("./completions.ts"),
  },
  "--daemons": {
    help: "list the daemons that skein brings, to be run by name: reactor echo",
    load: () => import("./list-daemons.ts"),
  },
  "--backends": {
    help: "list the backends, and what each can do",
    load: () => import("./list-backends.ts"),
  },
  "--version": { help: "print the version", load: () => import("./version.ts") },
  "--help": { help: "print this text", load: () => import("./help.ts") },
};
