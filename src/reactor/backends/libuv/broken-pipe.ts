/** That nobody reads what was written, as the system says it. */
export function brokenPipe(): Error {
  return Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
}
