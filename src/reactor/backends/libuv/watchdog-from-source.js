/** What the watchdog starts with when skein itself runs from source; see worker-from-source.js. */
if (!("Bun" in globalThis || "Deno" in globalThis)) {
  const { register } = await import("tsx/esm/api");
  register();
}
await import("./worker-main-watchdog.ts");
