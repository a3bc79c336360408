/** What the processes of a fleet say to one another, by the channel of node:cluster. */
import type { ProcessStatistics } from "../../application/process-statistics.ts";

/** From the first process. */
export type Order =
  | { readonly skein: "stop" }
  | { readonly skein: "retire" }
  /** Answered by "turns", at once. */
  | { readonly skein: "turn" }
  /** Answered by statistics of the same number. */
  | { readonly skein: "report"; readonly asked: number };

/** To the first process. */
export type Notice =
  | { readonly skein: "ready" }
  | { readonly skein: "turns" }
  | {
      readonly skein: "statistics";
      readonly asked: number;
      readonly statistics: ProcessStatistics;
    };

/** Others may use the channel too: what is not marked is theirs. */
export function isOurs(message: unknown): message is { readonly skein: string } {
  return typeof message === "object" && message !== null && "skein" in message;
}
