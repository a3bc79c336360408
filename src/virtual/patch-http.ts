/** The Date header of node:http, which takes the time from where nobody else can put it. */
import http from "node:http";
import { session } from "./active.ts";
import type { Patches } from "./patches.ts";

type StoreHeader = (this: http.ServerResponse, firstLine: string, headers: unknown) => unknown;

export function patchHTTP(patches: Patches): void {
  patches.method(
    http.OutgoingMessage.prototype,
    "_storeHeader",
    (real: StoreHeader) =>
      function (this: http.ServerResponse, firstLine: string, headers: unknown) {
        const active = session();
        if (active === undefined || !this.sendDate || hasDate(headers)) {
          return Reflect.apply(real, this, [firstLine, headers]);
        }
        const date = new Date(active.nowMs()).toUTCString();
        this.sendDate = false;
        try {
          return Reflect.apply(real, this, [`${firstLine}Date: ${date}\r\n`, headers]);
        } finally {
          this.sendDate = true;
        }
      },
  );
}

/** Headers are an object of names and values or of pairs, pairs, or names and values in turn. */
function hasDate(headers: unknown): boolean {
  if (typeof headers !== "object" || headers === null) return false;
  const pairs: unknown[] = Array.isArray(headers) ? headers : Object.entries(headers);
  return pairs.some((entry) => {
    const values: unknown[] = Array.isArray(entry) ? entry.flat() : [entry];
    return values.some((value) => String(value).toLowerCase() === "date");
  });
}
