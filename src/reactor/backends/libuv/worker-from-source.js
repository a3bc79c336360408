/**
 * What a worker starts with when skein itself runs from source: older versions of Node have tsx in
 * the main thread only.
 */
// Bun and Deno load TypeScript by themselves, and tsx not at all.
if (!("Bun" in globalThis || "Deno" in globalThis)) {
  const { register } = await import("tsx/esm/api");
  register();
}
await import("./worker-main.ts");
