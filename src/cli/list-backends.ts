import { backends } from "../reactor/index.ts";

/** A line for each backend, and one for what it can do. */
export function listBackends(): string {
  return Object.values(backends)
    .map(({ name, summary, capabilities }) => {
      const can = ["core", "time", "callFromThread", ...capabilities].join(", ");
      return `${name.padEnd(8)} ${summary}\n${" ".repeat(9)}can do: ${can}`;
    })
    .join("\n");
}
