import type { Session } from "./session.ts";

let active: Session | undefined;

/** Whose time the process is on at present; undefined while that is the real one. */
export function session(): Session | undefined {
  return active;
}

export function activate(next: Session | undefined): void {
  active = next;
}
