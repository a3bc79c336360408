/** A way into the running program. */
export { LineEditor, type EditorEvent } from "./line-editor.ts";
export { type ManholeOptions, ManholeProtocol } from "./manhole-protocol.ts";
export {
  type ManholeBase,
  ManholeFactory,
  serveManhole,
  type TCPManholeOptions,
  type UNIXManholeOptions,
} from "./serve-manhole.ts";
