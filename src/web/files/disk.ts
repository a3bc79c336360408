/** Files, as they are read: beside the loop in reality, and at once on virtual time. */
import fs from "node:fs";
import { virtualTimeOf } from "../../reactor/virtual-time.ts";

/** Of a queue without a writer, an open() would wait. */
const FLAGS =
  fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOFOLLOW ?? 0);

/** What is waited for, or is there at once. */
type Soon<T> = T | Promise<T>;

export interface OpenFile {
  readonly stats: fs.Stats;
  /**
   * Where it really lies: a folder on the way may have become a link since its path was looked up.
   * Empty where that is not to be known.
   */
  readonly place: string;
  /** Fills `bytes` as far as there is something, from `position` on; 0 at the end. */
  read(bytes: Uint8Array, position: number): Soon<number>;
  close(): Soon<void>;
}

export interface Disk {
  /** With all links followed. */
  realPath(path: string): Soon<string>;
  /** What is no link. Fails, as realPath, with the system's errors. */
  open(path: string): Soon<OpenFile>;
}

/**
 * The files as a reactor may read them. On virtual time no time passes while they are read, so that
 * a trace does not tell how busy the disk was.
 */
export function diskOf(reactor: object): Disk {
  return virtualTimeOf(reactor) === undefined ? asynchronous : synchronous;
}

const asynchronous: Disk = {
  realPath: (path) => fs.promises.realpath(path),
  async open(path) {
    const handle = await fs.promises.open(path, FLAGS);
    try {
      const stats = await handle.stat();
      return {
        stats,
        place: placeOf(handle.fd, path, stats),
        read: async (bytes, position) => {
          const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
          return bytesRead;
        },
        close: () => handle.close(),
      };
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
};

const synchronous: Disk = {
  realPath: (path) => fs.realpathSync(path),
  open(path) {
    const fd = fs.openSync(path, FLAGS);
    try {
      const stats = fs.fstatSync(fd);
      return {
        stats,
        place: placeOf(fd, path, stats),
        read: (bytes, position) => fs.readSync(fd, bytes, 0, bytes.length, position),
        close: () => fs.closeSync(fd),
      };
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
  },
};

/** At once: the names are known to the system, as the file was just opened. */
function placeOf(fd: number, path: string, { dev, ino }: fs.Stats): string {
  try {
    const place = fs.readlinkSync(`/proc/self/fd/${fd}`);
    if (place.startsWith("/")) return place;
  } catch {
    // There is no /proc: what lies there now must be what was opened.
  }
  const place = fs.realpathSync(path);
  const there = fs.statSync(place);
  return there.dev === dev && there.ino === ino ? place : "";
}
