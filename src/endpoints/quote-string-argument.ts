/**
 * A text as a value in an endpoint string: `:`, `=` and `\` in it stand for themselves there.
 *
 * ```ts
 * import { quoteStringArgument } from "skein";
 *
 * const path = "C:\\tea";
 * console.log(`unix:${quoteStringArgument(path)}:mode=660`); // → unix:C\:\\tea:mode=660
 * ```
 */
export function quoteStringArgument(text: string): string {
  return text.replaceAll(/[\\:=]/g, String.raw`\$&`);
}
