/** Names of UNIX sockets: paths, and abstract names, which begin with NUL. */
import { BadOptionError } from "../core/errors.ts";

/** What fits into the system's address, on Linux. Longer names would be cut short silently. */
export const UNIX_NAME_BYTES = 107;

export function assertUNIXName(name: string): void {
  const bytes = new TextEncoder().encode(name).length;
  if (name === "" || name.lastIndexOf("\0") > 0 || name === "\0") {
    throw new BadOptionError(`${JSON.stringify(name)} is not a name for a UNIX socket`);
  }
  if (bytes > UNIX_NAME_BYTES) {
    throw new BadOptionError(
      `the name of a UNIX socket has at most ${UNIX_NAME_BYTES} bytes, not ${bytes}: ` +
        quoteUNIXName(name),
    );
  }
}

/** For messages. An abstract name is written with @, as the system's tools do. */
export function quoteUNIXName(name: string): string {
  return name.startsWith("\0") ? `@${name.slice(1)}` : name;
}

/** An address of any kind, for people. */
export function textOf(
  address: { readonly host: string; readonly port: number } | { readonly name: string },
): string {
  if ("name" in address) return quoteUNIXName(address.name);
  const { host, port } = address;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
