/** What keeps `npm ci` from taking a lock file, or ties it to one registry. */

/** One package of package-lock.json; "" is the root. */
export interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface PackageLock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/**
 * What is wrong with a lock file. Optional packages of other platforms must be there too: npm
 * leaves those out that its registry does not have, and `npm ci` then refuses the file.
 */
export function lockProblems({ packages }: PackageLock): string[] {
  return Object.entries(packages).flatMap(([path, entry]) => {
    const { dependencies, devDependencies, optionalDependencies, resolved, integrity } = entry;
    const problems: string[] = [];
    for (const name of Object.keys({
      ...dependencies,
      ...devDependencies,
      ...optionalDependencies,
    })) {
      if (!places(path, name).some((place) => place in packages))
        problems.push(`${name} is missing`);
    }
    if (resolved !== undefined) problems.push(`resolved from ${resolved}`);
    if (path !== "" && integrity === undefined) problems.push("no integrity");
    return problems.map((problem) => `${path}: ${problem}`);
  });
}

/** Where Node looks for a package, from another one: from the inside out. */
function places(from: string, name: string): string[] {
  const folders = [`${from}/node_modules/${name}`];
  for (
    let at = from.lastIndexOf("/node_modules/");
    at > 0;
    at = from.lastIndexOf("/node_modules/", at - 1)
  ) {
    folders.push(`${from.slice(0, at)}/node_modules/${name}`);
  }
  return [...folders, `node_modules/${name}`];
}
