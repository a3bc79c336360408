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

function hasDate(headers: unknown): boolean {
  if (typeof headers !== "object" || headers === null) return false;
  return namesOf(headers).some((name) => String(name).toLowerCase() === "date");
}

/** Headers are an object by their names, pairs, or names and values in turn. */
function namesOf(headers: object): unknown[] {
  if (!Array.isArray(headers)) return Object.keys(headers);
  const list: unknown[] = headers;
  return Array.isArray(list[0])
    ? list.map((pair) => (pair as unknown[])[0])
    : list.filter((_, i) => i % 2 === 0);
}
