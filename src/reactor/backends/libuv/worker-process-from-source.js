/** What a worker process starts with when skein itself runs from source; see worker-from-source.js. */
if (!process.features.typescript) {
  const { register } = await import("tsx/esm/api");
  register();
}
await import("./worker-main-process.ts");
