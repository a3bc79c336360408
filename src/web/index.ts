/** The web: sites by HTTP/1.1 and HTTP/2, on any transport of the reactor's. */
export { BodyTooLargeError, FileChangedError } from "./errors.ts";
export type { MimeTypes } from "./files/mime-types.ts";
export { staticFiles, type StaticFilesOptions } from "./files/static-files.ts";
export type { FetchHandler, Handler, Params, RequestHandler } from "./handler.ts";
export { type Routes, routes } from "./routes.ts";
export { serveFolder } from "./serve-folder.ts";
export { Site, type Upgrade } from "./site.ts";
export type { SiteOptions } from "./site-options.ts";
export type { SiteSocket } from "./site-socket.ts";
