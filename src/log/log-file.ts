import { closeSync, constants, fchownSync, fstatSync, openSync, writeSync } from "node:fs";
import { messageOf } from "../core/errors.ts";
import { CannotLogError } from "./errors.ts";

/** Only its owner may write it, and its group read it. */
const MODE = 0o640;
/** A pipe without a reader, or one whose reader is behind, must not hold up the process. */
const ADDING: number =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

export interface LogFileOptions {
  /**
   * Whether it may be a link, or have other names; true unless given. Who opens it with more rights
   * than those who can write its folder should say false: they choose what else it is.
   */
  readonly links?: boolean;
}

/**
 * A file that lines are added to. Each is in the system's hands when {@link write} returns, so that
 * none is lost when the process ends, whatever ends it.
 *
 * A line that cannot be written (the disk is full) goes to `elsewhere`, and that this is so is said
 * there once; each further line is tried again, and when the file takes them again it is told in
 * which lines are not in it. Nothing is thrown. It may be a named pipe that somebody reads: a line
 * that finds it full goes `elsewhere`, too, as nobody waits for the reader.
 */
export class LogFile {
  readonly path: string;
  readonly #elsewhere: (line: string) => void;
  #descriptor: number;
  /** How many lines went elsewhere since the file took one. */
  #missing = 0;
  /** Whether a part of a line is at its end. */
  #torn = false;

  /** Opens it, or makes it. @throws CannotLogError */
  constructor(
    path: string,
    elsewhere: (line: string) => void = (line): void => console.error(line),
    { links = true }: LogFileOptions = {},
  ) {
    this.path = path;
    this.#elsewhere = elsewhere;
    try {
      this.#descriptor = links ? openAny(path) : openSingle(path);
    } catch (cause) {
      throw new CannotLogError(`cannot write the log file ${path}: ${messageOf(cause)}`, { cause });
    }
  }

  /** Adds a line, which has no line end yet. */
  write(line: string): void {
    try {
      if (this.#missing > 0) {
        this.#add(`${this.#torn ? "\n" : ""}(${this.#missing} lines are not here)\n`);
        this.#missing = 0;
        this.#torn = false;
      }
      this.#add(`${line}\n`);
    } catch (error) {
      if (this.#missing++ === 0) {
        this.#elsewhere(
          `The log file ${this.path} cannot be written: ${messageOf(error)}; until it can, its ` +
            "lines are here:",
        );
      }
      this.#elsewhere(line);
    }
  }

  /**
   * Opens the path anew, after somebody has given the file another name. When that fails, that is
   * said, and the lines go on into the file that it was.
   */
  reopen(): void {
    try {
      const descriptor = openAny(this.path);
      closeSync(this.#descriptor);
      this.#descriptor = descriptor;
      this.#torn = false;
    } catch (error) {
      this.#elsewhere(
        `The log file ${this.path} cannot be opened anew: ${messageOf(error)}; its lines go on ` +
          "into the old one",
      );
    }
  }

  /**
   * Gives the file to another user, who is to open it anew; but not a device, which others use
   * too. @throws the system's error
   */
  giveTo(uid: number, gid: number): void {
    if (fstatSync(this.#descriptor).isCharacterDevice()) return;
    fchownSync(this.#descriptor, uid, gid);
  }

  #add(text: string): void {
    const bytes = new TextEncoder().encode(text);
    let written = 0;
    try {
      while (written < bytes.length) {
        written += writeSync(this.#descriptor, bytes, written);
      }
    } catch (error) {
      this.#torn ||= written > 0;
      throw error;
    }
  }
}

function openAny(path: string, more = 0): number {
  try {
    return openSync(path, ADDING | more, MODE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
    throw new Error("it is a pipe that nobody reads, or a socket: start who reads it first", {
      cause: error,
    });
  }
}

/** Opens what is no link, and known by no other name. */
function openSingle(path: string): number {
  let descriptor: number;
  try {
    descriptor = openAny(path, constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOOP") throw error;
    throw new Error("it is a link: name the file itself", { cause: error });
  }
  if (fstatSync(descriptor).nlink <= 1) return descriptor;
  closeSync(descriptor);
  throw new Error("it has other names, too: remove it, or give another one");
}
