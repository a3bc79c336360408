import { messageOf } from "../../core/errors.ts";

const LONG = 200;

/** A value as a message shows it: briefly. */
export function showValue(value: unknown): string {
  const text = textOf(value);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}

function textOf(value: unknown): string {
  if (typeof value === "function") return value.name === "" ? "a function" : `${value.name}()`;
  if (typeof value === "object" && value !== null) {
    try {
      return JSON.stringify(value) ?? messageOf(value);
    } catch {
      return messageOf(value);
    }
  }
  return typeof value === "string" ? JSON.stringify(value) : messageOf(value);
}
