/**
 * The options of the command, as a table: parsing, help, completions and docs/launcher.md come from
 * it. To add one, add what it gives to RunOptions, and a row here.
 */
import { LOG_LEVELS, type LogLevel } from "../log/log-event.ts";
import {
  fileMode,
  list,
  oneOf,
  path,
  pathOrAuto,
  processes,
  seconds,
  seed,
  text,
  yes,
} from "./read-value.ts";

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What the options give; one that is not given is not there. */
export interface RunOptions {
  /** The name of a backend, or the path of a module. */
  readonly backend?: string;
  /** Seconds of the reactor's time after which to stop. */
  readonly until?: number;
  /** Seconds that connections have, when it stops, to send what was written. */
  readonly drain?: number;
  /** What of the real world a daemon on virtual time may use all the same. */
  readonly allow?: readonly string[];
  /** What chance begins from on virtual time. */
  readonly seed?: number | string;
  readonly logLevel?: LogLevel;
  readonly logFormat?: LogFormat;
  /** Path of the file that the log goes to. */
  readonly logFile?: string;
  readonly pidfile?: string;
  /** Folder that it works in. */
  readonly chdir?: string;
  readonly umask?: number;
  /** Name or number of the user that it becomes. */
  readonly uid?: string;
  /** Name or number of the group that it becomes. */
  readonly gid?: string;
  /** Path of the file that a profile is written to. */
  readonly profile?: string;
  readonly watch?: boolean;
  /** Whether Node's own functions stay as they are on virtual time. */
  readonly noVirtual?: boolean;
  /** How many processes run the daemon; without it, this one does. */
  readonly processes?: number | "auto";
  /** Seconds that a process has to start, when it is to take the place of another. */
  readonly startTimeout?: number;
  /** Seconds after which a process is replaced that does not answer. */
  readonly hangTimeout?: number;
  /** Path of a file of variables. */
  readonly variables?: string;
  /** Path of a UNIX socket, or "auto". */
  readonly control?: string;
}

/** One option; `T` is what it gives. */
export interface OptionRow<T> {
  /** What help calls its value. A flag has none. */
  readonly value?: string;
  /** What it is for: a sentence or two, without a full stop. */
  readonly help: string;
  /**
   * Makes its value of what was written: the option is in its messages as `flag`, `before` is what
   * the same option gave when it came before. @throws UsageError
   */
  readonly read: (written: string, flag: string, before: T | undefined) => T;
  /** What shells offer for its value: some words, or what is in the folder. */
  readonly completes?: Completes;
}

export type Completes = readonly string[] | "files" | "folders";

/** By names in camelCase: `logLevel` is written `--log-level`. In the order of the help. */
export const OPTIONS: { readonly [K in keyof RunOptions]-?: OptionRow<RunOptions[K]> } = {
  backend: {
    value: "NAME|MODULE",
    help:
      "the backend to run on: a name, or the path of a module whose default export is a backend " +
      "(default: libuv)",
    read: text,
    completes: ["libuv", "timer", "clock"],
  },
  until: {
    value: "SECONDS",
    help: "stop after so much of the reactor's time",
    read: seconds,
  },
  drain: {
    value: "SECONDS",
    help:
      "when it stops, give connections so long to send what was written, before they are cut off " +
      "(default: 2)",
    read: seconds,
  },
  seed: {
    value: "SEED",
    help:
      "on virtual time: what chance begins from, of the simulated network and of Math.random; " +
      "the same seed gives the same run (default: 0)",
    read: seed,
  },
  allow: {
    value: "KIND,…",
    help:
      "on virtual time (the backend clock): what the daemon and its libraries may use of the " +
      "real world all the same: fs, zlib and others that docs/virtual.md lists",
    read: list,
  },
  noVirtual: {
    help: "on virtual time: leave setTimeout, Date, node:net and their like to the real world",
    read: yes,
  },
  processes: {
    value: "N|auto",
    help:
      "run the daemon in so many processes, which share its ports; auto: as many as there are " +
      "processors. Those that die are replaced; SIGUSR2 replaces all, one by one",
    read: processes,
    completes: ["auto"],
  },
  startTimeout: {
    value: "SECONDS",
    help: "with --processes: how long a new process may take to start (default: 60)",
    read: seconds,
  },
  hangTimeout: {
    value: "SECONDS",
    help:
      "with --processes: kill and replace a process that has started and then has not answered " +
      "for so long, as it is busy or stuck (default: never)",
    read: seconds,
  },
  variables: {
    value: "PATH",
    help:
      "read more variables from a file, as each process starts: lines of NAME=value; those of " +
      "the environment win",
    read: path,
    completes: "files",
  },
  control: {
    value: "PATH|auto",
    help: "tell `reactor top` how the daemon fares, by a UNIX socket; auto: found by its PID",
    read: pathOrAuto,
    completes: "files",
  },
  logLevel: {
    value: "LEVEL",
    help: "log what is as grave as that: debug, info, warn or error (default: info)",
    read: oneOf(LOG_LEVELS),
    completes: LOG_LEVELS,
  },
  logFormat: {
    value: "FORMAT",
    help: "log in lines for people (text) or in an object a line (json) (default: text)",
    read: oneOf(LOG_FORMATS),
    completes: LOG_FORMATS,
  },
  logFile: {
    value: "FILE",
    help:
      "log into that file, which is added to, in place of standard error; SIGHUP opens it anew, " +
      "for logrotate",
    read: path,
    completes: "files",
  },
  pidfile: {
    value: "FILE",
    help:
      "write the number of the process there, and refuse to run while another process that lives " +
      "is in it",
    read: path,
    completes: "files",
  },
  chdir: {
    value: "FOLDER",
    help: "work in that folder; what the command line names is found from where it was called",
    read: path,
    completes: "folders",
  },
  umask: {
    value: "MODE",
    help: "what others may not do with the files that it makes, in octal: 027",
    read: fileMode,
  },
  uid: {
    value: "USER",
    help: "become that user, by name or number, when the ports are open",
    read: text,
  },
  gid: {
    value: "GROUP",
    help: "become that group, by name or number (default: that of --uid)",
    read: text,
  },
  profile: {
    value: "FILE",
    help: "write a profile of the processor's time there at the end, for Chrome's DevTools",
    read: path,
    completes: "files",
  },
  watch: {
    help: "run it anew when one of its modules changes",
    read: yes,
  },
};

/** The rows, each with its name. */
export function optionRows(): [keyof RunOptions, OptionRow<unknown>][] {
  return Object.entries(OPTIONS) as [keyof RunOptions, OptionRow<unknown>][];
}
