/**
 * What a worker starts with when skein itself runs from source: older versions of Node have tsx in
 * the main thread only.
 */
// Bun, Deno and newer versions of Node load TypeScript by themselves, and the first two no tsx.
if (!("Bun" in globalThis || "Deno" in globalThis || process.features.typescript)) {
  const { register } = await import("tsx/esm/api");
  register();
}
await import("./worker-main.ts");
