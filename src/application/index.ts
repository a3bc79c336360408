/** Daemons, and their options. */
export { type Daemon, type DaemonDefinition, defineDaemon } from "./daemon.ts";
export type { OptionDeclaration, OptionDeclarations, OptionValues } from "./options.ts";
