/** Whether a certificate's name is one for `name`; a leading `*.` stands for one label. */
export function matchesName(known: string, name: string): boolean {
  const [pattern, wanted] = [known.toLowerCase(), name.toLowerCase()];
  if (pattern === wanted) return true;
  return pattern.startsWith("*.") && wanted.replace(/^[^.]+/, "*") === pattern;
}
