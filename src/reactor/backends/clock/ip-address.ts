/** The address behind a name, as text in its one form: here only localhost has one. */
export function addressOf(name: string): string | undefined {
  if (name.toLowerCase() === "localhost") return "127.0.0.1";
  if (isIPv4(name)) return name;
  return canonicalIPv6(name);
}

export function isIPv4(host: string): boolean {
  const parts = host.split(".");
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

/** The URL parser knows what an IPv6 address is, and how it is written. */
function canonicalIPv6(host: string): string | undefined {
  const url = `tcp://[${host}]`;
  if (!host.includes(":") || !URL.canParse(url)) return undefined;
  return new URL(url).hostname.slice(1, -1);
}
