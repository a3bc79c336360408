/**
 * What a worker starts with when skein itself runs from source, with tsx: on older versions of Node
 * tsx loads TypeScript in the main thread only.
 */
if (!process.features.typescript) {
  const tsx = await import("tsx/esm/api");
  tsx.register();
}
await import("./worker-main.ts");
