import type { Deferred } from "../../defer/deferred.ts";
import type { Failure } from "../../defer/failure.ts";
import { FramedProtocol } from "../framed-protocol.ts";
import { TelnetCommand, TelnetOption } from "./codes.ts";
import { encodeCommand, encodeNegotiation, encodeSubnegotiation, encodeTelnet } from "./encode.ts";
import { OptionNegotiation, type TelnetSide } from "./option-negotiation.ts";
import { TelnetDecoder, type TelnetEvent, type TelnetFormat } from "./telnet-decoder.ts";

const MAX_SUBNEGOTIATION_BYTES = 1024;
/** Of the subnegotiation of a terminal's type. */
const [IS, SEND] = [0, 1];
const MODE = 1;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * One side of a telnet connection (RFC 854, 855, 1143): derive from it. Data comes and goes without
 * telnet's escapes; options are asked for, and agreed to, by either side.
 *
 * ```ts
 * import { TelnetOption, TelnetProtocol } from "skein/protocols";
 * import { StringTransport } from "skein/testing";
 *
 * class Greeter extends TelnetProtocol {
 *   override connectionMade(): void {
 *     this.do(TelnetOption.WINDOW_SIZE).addErrback((failure) => console.log(failure.message));
 *     this.sendData("hello\n");
 *   }
 *   override windowSizeReceived(columns: number, rows: number): void {
 *     console.log(`${columns} by ${rows}`);
 *   }
 *   override telnetDataReceived(data: Uint8Array): void {
 *     console.log(new TextDecoder().decode(data).trimEnd());
 *   }
 * }
 * const greeter = new Greeter();
 * greeter.makeConnection(new StringTransport());
 * greeter.dataReceived(Uint8Array.of(255, 251, 31)); // WILL
 * greeter.dataReceived(Uint8Array.of(255, 250, 31, 0, 80, 0, 24, 255, 240)); // → 80 by 24
 * greeter.dataReceived(Uint8Array.of(104, 105, 13, 10)); // → hi
 * ```
 *
 * Unless overridden, every option that the peer asks for is refused. A peer that sends what is no
 * telnet, or a subnegotiation over `maxSubnegotiationBytes`, loses its connection.
 */
export abstract class TelnetProtocol extends FramedProtocol<TelnetEvent> implements TelnetFormat {
  /** The most bytes that a subnegotiation may have. */
  maxSubnegotiationBytes: number = MAX_SUBNEGOTIATION_BYTES;
  override readonly decoder: TelnetDecoder = new TelnetDecoder(this);
  readonly #options = new OptionNegotiation({
    send: (verb, option) => void this.transport.write(encodeNegotiation(verb, option)),
    agrees: (side, option) =>
      side === "local" ? this.enableLocal(option) : this.enableRemote(option),
    changed: (side, option, enabled) => this.optionChanged(side, option, enabled),
  });

  // --- what comes ---

  /** Data has arrived: an end of line is "\n". How it is cut into pieces means nothing. */
  abstract telnetDataReceived(data: Uint8Array): void;

  /**
   * A command has arrived that is no negotiation: INTERRUPT_PROCESS, say. Unless overridden,
   * ARE_YOU_THERE is answered, and the others are ignored.
   */
  commandReceived(command: number): void {
    if (command === TelnetCommand.ARE_YOU_THERE) this.sendData("\n[yes]\n");
  }

  /**
   * A subnegotiation has arrived. Unless overridden, calls {@link windowSizeReceived} or
   * {@link terminalTypeReceived}, and ignores what the peer has not been allowed.
   */
  subnegotiationReceived(option: number, data: Uint8Array): void {
    if (!this.isEnabled("remote", option)) return;
    if (option === TelnetOption.WINDOW_SIZE && data.length === 4) {
      const view = new DataView(data.buffer, data.byteOffset, 4);
      this.windowSizeReceived(view.getUint16(0), view.getUint16(2));
    } else if (option === TelnetOption.TERMINAL_TYPE && data[0] === IS) {
      this.terminalTypeReceived(decoder.decode(data.subarray(1)));
    }
  }

  /** The peer's window has a size, or another one; 0 is one that it does not know. */
  windowSizeReceived(_columns: number, _rows: number): void {}

  /** The answer to {@link askTerminalType}: "XTERM-256COLOR", say, in whatever letters. */
  terminalTypeReceived(_name: string): void {}

  /** The peer wants this side to have an option: whether it will. */
  enableLocal(_option: number): boolean {
    return false;
  }

  /** The peer wants to have an option: whether it may. */
  enableRemote(_option: number): boolean {
    return false;
  }

  /** An option is in force on one side from now on, or is not any more; whoever has asked. */
  optionChanged(_side: TelnetSide, _option: number, _enabled: boolean): void {}

  // --- what goes ---

  /**
   * Sends data, text as UTF-8: "\n" goes as CR LF, a "\r" that no "\n" follows as CR NUL. As
   * transport.write(), it says whether the peer keeps up.
   */
  sendData(data: Uint8Array | string): boolean {
    return this.transport.write(encodeTelnet(data, this.isEnabled("local", TelnetOption.BINARY)));
  }

  sendCommand(command: number): void {
    this.transport.write(encodeCommand(command));
  }

  sendSubnegotiation(option: number, data: Uint8Array): void {
    this.transport.write(encodeSubnegotiation(option, data));
  }

  /** Asks for the type of the peer's terminal, which must have TERMINAL_TYPE. */
  askTerminalType(): void {
    this.sendSubnegotiation(TelnetOption.TERMINAL_TYPE, Uint8Array.of(SEND));
  }

  /** Tells a peer that has LINEMODE what it is to do: 1 editing, 2 turning keys to signals. */
  sendLineMode(mask: number): void {
    this.sendSubnegotiation(TelnetOption.LINEMODE, Uint8Array.of(MODE, mask));
  }

  // --- options ---

  /** Whether an option is in force. */
  isEnabled(side: TelnetSide, option: number): boolean {
    return this.#options.isEnabled(side, option);
  }

  /** Whether the peer's data is bytes as they are. */
  get binary(): boolean {
    return this.isEnabled("remote", TelnetOption.BINARY);
  }

  /**
   * Offers that this side has an option; fires when the peer agrees, at once if it has already.
   * Fails with OptionRefusedError, or with the reason when the connection ends. Cancelling waits no
   * longer. One that is asked for while its opposite is under way is asked for after that.
   *
   * @throws BadOptionError for a number that is no option. The other three do so too.
   */
  will(option: number): Deferred<void> {
    return this.#options.request("local", option, true);
  }

  /** This side has an option no longer; fires when the peer knows. */
  wont(option: number): Deferred<void> {
    return this.#options.request("local", option, false);
  }

  /** Asks that the peer has an option; as {@link will}. */
  do(option: number): Deferred<void> {
    return this.#options.request("remote", option, true);
  }

  /** Asks that the peer has an option no longer; fires when it has not. */
  dont(option: number): Deferred<void> {
    return this.#options.request("remote", option, false);
  }

  // --- Protocol ---

  override frameReceived(event: TelnetEvent): void {
    switch (event.type) {
      case "data":
        this.telnetDataReceived(event.data);
        break;
      case "command":
        this.commandReceived(event.command);
        break;
      case "negotiation":
        this.#options.received(event.verb, event.option);
        break;
      case "subnegotiation":
        this.subnegotiationReceived(event.option, event.data);
    }
  }

  /** To be called by those who override it: those who wait for an answer are told. */
  override connectionLost(reason: Failure): void {
    this.#options.end(reason);
  }
}
