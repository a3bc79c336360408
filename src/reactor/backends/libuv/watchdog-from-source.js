/** What the watchdog starts with when skein itself runs from source; see worker-from-source.js. */
if (!("Bun" in globalThis || "Deno" in globalThis || process.features.typescript)) {
  const { register } = await import("tsx/esm/api");
  register();
}
await import("./worker-main-watchdog.ts");
