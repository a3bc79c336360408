/**
 * AMP: commands with typed arguments, to and fro on one connection, as Twisted speaks it.
 *
 *   box, box-decoder       what is on the wire: values by their keys
 *   argument, fields       types of values, and schemas made of them
 *   numbers, texts, date-time, lists   the types that Twisted has
 *   command, locator       questions with their answers and errors, and who answers them
 *   questions, outbox, reading   what waits for an answer, to be sent, to be read
 *   amp                    the protocol
 */
export { AMP, type AMPOptions, type Given } from "./amp.ts";
export {
  type ArgumentType,
  optional,
  type OptionalArgumentType,
  type Schema,
  type Values,
} from "./argument.ts";
export { type Box, encodeBox, MAX_KEY_BYTES, MAX_VALUE_BYTES } from "./box.ts";
export { BoxDecoder, type BoxFormat } from "./box-decoder.ts";
export {
  Command,
  command,
  type CommandSpec,
  type RemoteErrors,
  type RemoteForm,
  switchCommand,
} from "./command.ts";
export { dateTime } from "./date-time.ts";
export {
  BadArgumentError,
  ProtocolSwitchedError,
  UnhandledCommandError,
  UnknownRemoteError,
  ValueTooLongError,
} from "./errors.ts";
export { ampList, listOf } from "./lists.ts";
export {
  type Answer,
  CommandLocator,
  type Located,
  type Responder,
  type ResponderLocator,
} from "./locator.ts";
export { bigInteger, decimal, float, integer } from "./numbers.ts";
export { boolean, bytes, path, unicode } from "./texts.ts";
