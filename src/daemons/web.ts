export { serveFolder as default } from "../web/serve-folder.ts";
