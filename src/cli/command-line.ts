import { splitAtEquals, takeValue } from "../application/command-line-options.ts";
import { didYouMean } from "../application/did-you-mean.ts";
import { UsageError } from "./usage-error.ts";

/** The words of the command line, sorted. */
export type CommandLine =
  | { readonly what: "help" }
  | { readonly what: "version" }
  | { readonly what: "backends" }
  | {
      readonly what: "run";
      readonly backend: string;
      /** Seconds after which to stop. */
      readonly until: number | undefined;
      /** Seconds that connections have, when it stops, to send what was written. */
      readonly drain: number | undefined;
      /** Whether the process follows a backend on virtual time. */
      readonly virtual: boolean;
      /** What of the real world it may use all the same. */
      readonly allow: readonly string[];
      /** Path of the daemon's module. */
      readonly daemon: string;
      /** What comes after the daemon: its own options. */
      readonly args: readonly string[];
    };

const OPTIONS = ["--backend", "--until", "--drain", "--backends", "--version", "--help"];

export const USAGE = `Usage: reactor [--backend NAME|MODULE] [other options] DAEMON [its options]

Runs a daemon: a module (.ts or .js) whose default export is a function of the
reactor and its options.

  --backend NAME|MODULE  the backend to run on: a name, or the path of a module
                         whose default export is a backend (default: libuv)
  --until SECONDS        stop after so much of the reactor's time
  --drain SECONDS        when it stops, give connections so long to send what was
                         written, before they are cut off (default: 2)
  --allow KIND,…         on virtual time (the backend clock): what the daemon and
                         its libraries may use of the real world all the same:
                         fs, zlib and others that docs/virtual.md lists
  --no-virtual           on virtual time: leave setTimeout, Date, node:net and
                         their like to the real world
  --backends             list the backends, and what each can do
  --version              print the version
  --help                 print this text
  DAEMON --help          print the daemon's own options, and the variables of the
                         environment that they are read from

The first ^C stops the daemon gracefully, the second at once. The exit status is
0 when it stopped well, 1 when it failed, 2 when the command line is wrong; a
daemon that was stopped by a signal ends by that signal.`;

/** @throws UsageError, BadOptionError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  let backend = "libuv";
  let until: number | undefined;
  let drain: number | undefined;
  let virtual = true;
  const allow: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!arg.startsWith("-")) {
      return { what: "run", backend, until, drain, virtual, allow, daemon: arg, args: rest };
    }
    const [option, inline] = splitAtEquals(arg);
    switch (option) {
      case "--help":
      case "-h":
        return alone("help", option, inline);
      case "--version":
        return alone("version", option, inline);
      case "--backends":
        return alone("backends", option, inline);
      case "--backend":
        backend = takeValue(option, inline, rest);
        break;
      case "--until":
        until = toSeconds(option, takeValue(option, inline, rest));
        break;
      case "--drain":
        drain = toSeconds(option, takeValue(option, inline, rest));
        break;
      case "--allow":
        allow.push(...takeValue(option, inline, rest).split(","));
        break;
      case "--no-virtual":
        if (inline !== undefined) throw takesNoValue(option);
        virtual = false;
        break;
      default:
        throw new UsageError(
          `there is no option ${option}` +
            (didYouMean(option, OPTIONS) || "; daemon options come after the daemon"),
        );
    }
  }
  throw new UsageError("name a daemon to run");
}

function alone<W extends string>(what: W, option: string, value: string | undefined): { what: W } {
  if (value !== undefined) throw takesNoValue(option);
  return { what };
}

function takesNoValue(option: string): UsageError {
  return new UsageError(`${option} takes no value`);
}

function toSeconds(option: string, text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds >= 0 && seconds < Infinity)) {
    throw new UsageError(`${option} needs a number of seconds, not "${text}"`);
  }
  return seconds;
}
