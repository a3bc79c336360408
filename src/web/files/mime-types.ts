/** The types of files by the ends of their names: what is common on sites. */

const TEXTS: Readonly<Record<string, string>> = {
  css: "text/css",
  csv: "text/csv",
  htm: "text/html",
  html: "text/html",
  ics: "text/calendar",
  js: "text/javascript",
  json: "application/json",
  jsonld: "application/ld+json",
  map: "application/json",
  md: "text/markdown",
  mjs: "text/javascript",
  rss: "application/rss+xml",
  atom: "application/atom+xml",
  svg: "image/svg+xml",
  txt: "text/plain",
  vtt: "text/vtt",
  webmanifest: "application/manifest+json",
  xhtml: "application/xhtml+xml",
  xml: "application/xml",
  yaml: "application/yaml",
  yml: "application/yaml",
};

const OTHERS: Readonly<Record<string, string>> = {
  avif: "image/avif",
  bin: "application/octet-stream",
  bmp: "image/bmp",
  eot: "application/vnd.ms-fontobject",
  epub: "application/epub+zip",
  flac: "audio/flac",
  gif: "image/gif",
  gz: "application/gzip",
  ico: "image/x-icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  m4a: "audio/mp4",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  mpeg: "video/mpeg",
  ogg: "audio/ogg",
  ogv: "video/ogg",
  opus: "audio/ogg",
  otf: "font/otf",
  pdf: "application/pdf",
  png: "image/png",
  tar: "application/x-tar",
  tif: "image/tiff",
  tiff: "image/tiff",
  ttf: "font/ttf",
  wasm: "application/wasm",
  wav: "audio/wav",
  webm: "video/webm",
  webp: "image/webp",
  woff: "font/woff",
  woff2: "font/woff2",
  zip: "application/zip",
};

const UNKNOWN = "application/octet-stream";

/** Says what type a file is of, by its name; undefined where it does not know. */
export type MimeTypes = (name: string) => string | undefined;

/** The value of content-type for a file. Texts are in UTF-8, unless `known` says otherwise. */
export function contentType(name: string, known: MimeTypes | undefined): string {
  const given = known?.(name);
  if (given !== undefined && given !== "") return given;
  const end = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const text = Object.hasOwn(TEXTS, end) ? TEXTS[end] : undefined;
  if (text !== undefined) return `${text}; charset=utf-8`;
  return (Object.hasOwn(OTHERS, end) ? OTHERS[end] : undefined) ?? UNKNOWN;
}

const COMPRESSIBLE =
  /^text\/|^(?:application|image)\/(?:.*[+])?(?:json|xml|yaml|wasm)\b|^font\/[ot]tf/;

/** Whether files of the type get smaller when they are compressed. */
export function isCompressible(type: string): boolean {
  return COMPRESSIBLE.test(type);
}
