/** Which versions of Node the command runs on: those of "engines" in the package's manifest. */

/** What to say where this version is too old; undefined where it will do. */
export function tooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isGood = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (isGood) return undefined;
  return (
    `Node ${version} is too old: skein needs 20.19 or newer, or 22.12 or newer; ` +
    "see https://nodejs.org/en/download"
  );
}
