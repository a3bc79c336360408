/** The system's own list of names. */
import { readFile } from "node:fs/promises";
import { isIP } from "../../../core/ip-address.ts";

export const HOSTS_FILE: string =
  process.platform === "win32" ? "C:\\Windows\\System32\\drivers\\etc\\hosts" : "/etc/hosts";

/** The addresses that a hosts file has for a name in small letters; none if it cannot be read. */
export async function addressesInHosts(path: string, name: string): Promise<readonly string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  const found = text.split("\n").flatMap((line) => {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    return isIP(address) && names.some((one) => one.toLowerCase() === name) ? [address] : [];
  });
  return [...new Set(found)];
}
