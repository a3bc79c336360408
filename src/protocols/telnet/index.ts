/** Telnet: a terminal at the other end of a connection. */
export { TelnetCommand, TelnetOption, type TelnetVerb } from "./codes.ts";
export { encodeTelnet } from "./encode.ts";
export { OptionRefusedError, type TelnetSide } from "./option-negotiation.ts";
export { TelnetDecoder, type TelnetEvent, type TelnetFormat } from "./telnet-decoder.ts";
export { TelnetProtocol } from "./telnet-protocol.ts";
