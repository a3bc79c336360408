import type { Deferred } from "../../defer/deferred.ts";
import { Failure } from "../../defer/failure.ts";
import { waitable } from "../../defer/waitable.ts";
import type { DelayedCall, ReactorTime } from "../../reactor/capabilities.ts";
import type { HalfCloseableProtocol } from "../../reactor/transport.ts";
import { sameSecret } from "../same-secret.ts";
import { TelnetCommand, TelnetOption } from "../telnet/codes.ts";
import type { TelnetSide } from "../telnet/option-negotiation.ts";
import { TelnetProtocol } from "../telnet/telnet-protocol.ts";
import { Evaluator } from "./evaluator.ts";
import { LineEditor } from "./line-editor.ts";
import { show, showError } from "./show.ts";

const MAX_BUFFERED_BYTES = 1024 * 1024;
/** What may be typed ahead while something is awaited. */
const MAX_AHEAD_CHARACTERS = 16 * 1024;
const MAX_TEXT_CHARACTERS = 256 * 1024;
const LOGIN_SECONDS = 60;
const MAX_ATTEMPTS = 3;
/** How long an answer to a wrong password takes. */
const WRONG_SECONDS = 1;

const INTERRUPT = "\u0003";
const PROMPT = ">>> ";
const MORE = "... ";
const HELP = `An expression is evaluated; what it awaits is waited for, ^C gives that up.
_ is the last value. Brackets that are open go on in the next line; an empty line ends it.
help says this, quit ends the session.`;

export interface ManholeOptions {
  /** What can be reached by name; what is assigned to these names changes here. */
  namespace: Record<string, unknown>;
  /** What must be said first; nothing unless given. */
  password?: string;
  /** Whether the peer is a telnet client; else it sends lines, as nc does. */
  telnet?: boolean;
  /** The first line; unless given it says what to do. */
  banner?: string;
}

/**
 * A session with somebody who looks into the running program: see serveManhole. Who sends ^C gets
 * the prompt back; what is awaited goes on, unheard. It ends with the connection.
 */
export class ManholeProtocol extends TelnetProtocol implements HalfCloseableProtocol {
  readonly #clock: Pick<ReactorTime, "callLater">;
  readonly #options: ManholeOptions;
  readonly #evaluator: Evaluator;
  readonly #editor = new LineEditor((text) => void this.sendData(text));
  readonly #decoder = new TextDecoder();
  /** The lines before this one that belong to it. */
  #text = "";
  /** What has come and was not looked at: something is awaited. */
  #ahead = "";
  /** Names what is awaited; undefined while nothing is. */
  #awaited: object | undefined = undefined;
  #admitted: boolean;
  #attempts = 0;
  #timer: DelayedCall | undefined = undefined;
  /** The peer has ended its side: so does this one, when all it has said is done. */
  #peerEnded = false;

  constructor(clock: Pick<ReactorTime, "callLater">, options: ManholeOptions) {
    super();
    this.#clock = clock;
    this.#options = options;
    this.#evaluator = new Evaluator(options.namespace);
    this.#admitted = options.password === undefined;
  }

  // --- Protocol ---

  override connectionMade(): void {
    this.transport.maxBufferedBytes = MAX_BUFFERED_BYTES;
    if (this.#options.telnet) {
      // Who refuses sends lines.
      for (const option of [TelnetOption.ECHO, TelnetOption.SUPPRESS_GO_AHEAD]) {
        this.will(option).addErrback(() => {});
      }
    }
    if (this.#admitted) this.#welcome();
    else {
      this.#timer = this.#clock.callLater(LOGIN_SECONDS, () => this.#leave("too late"));
      this.#editor.isSecret = true;
      this.#editor.prompt("password: ");
    }
  }

  override enableLocal(option: number): boolean {
    return option === TelnetOption.ECHO || option === TelnetOption.SUPPRESS_GO_AHEAD;
  }

  override optionChanged(side: TelnetSide, option: number, enabled: boolean): void {
    if (side === "local" && option === TelnetOption.ECHO) this.#editor.byKeys = enabled;
  }

  override telnetDataReceived(data: Uint8Array): void {
    this.#received(this.#decoder.decode(data, { stream: true }));
  }

  override commandReceived(command: number): void {
    const { INTERRUPT_PROCESS, BREAK, ABORT_OUTPUT } = TelnetCommand;
    if (command === INTERRUPT_PROCESS || command === BREAK) this.#interrupt();
    else if (command !== ABORT_OUTPUT) super.commandReceived(command);
  }

  readConnectionLost(): void {
    this.#peerEnded = true;
    // The last line may have no end.
    const isPart = this.#ahead === "" ? !this.#editor.isEmpty : !/[\r\n]$/.test(this.#ahead);
    if (!this.#editor.byKeys && isPart) this.#ahead += "\n";
    this.#work();
  }

  writeConnectionLost(): void {}

  override connectionLost(reason: Failure): void {
    super.connectionLost(reason);
    if (this.#timer?.active) this.#timer.cancel();
    this.#awaited = undefined;
    this.#ahead = "";
  }

  // --- what is typed ---

  #received(text: string): void {
    const interrupt = this.#awaited === undefined ? -1 : text.lastIndexOf(INTERRUPT);
    if (interrupt >= 0 && this.#admitted) {
      this.#interrupt();
      this.#received(text.slice(interrupt + 1));
      return;
    }
    this.#ahead += text;
    if (this.#awaited !== undefined && this.#ahead.length > MAX_AHEAD_CHARACTERS) {
      this.pauseProducing();
    }
    this.#work();
  }

  /** Looks at what has come, until something is awaited. */
  #work(): void {
    while (this.#awaited === undefined && this.#ahead !== "" && this.transport.connected) {
      let taken: ReturnType<LineEditor["take"]>;
      try {
        taken = this.#editor.take(this.#ahead);
      } catch (error) {
        this.transport.loseConnection(error as Error);
        return;
      }
      this.#ahead = taken.rest;
      if (taken.event?.type === "line") this.#line(taken.event.line);
      else if (taken.event?.type === "interrupt") this.#interrupt();
      else if (taken.event?.type === "end") this.#leave("");
    }
    if (this.#awaited === undefined && this.#peerEnded) this.transport.loseConnection();
  }

  #line(line: string): void {
    if (this.#admitted) this.#command(line);
    else this.#tryPassword(line);
  }

  #command(line: string): void {
    const text = this.#text === "" ? line : `${this.#text}\n${line}`;
    const word = text.trim();
    if (word === "quit" || word === "exit") {
      this.#leave("");
      return;
    }
    const goesOn = line.trim() !== "" && this.#evaluator.isIncomplete(text);
    if (goesOn && text.length <= MAX_TEXT_CHARACTERS) {
      this.#text = text;
      this.#editor.prompt(MORE);
      return;
    }
    this.#text = "";
    if (word === "help" && !Object.hasOwn(this.#options.namespace, "help")) this.#help();
    else if (word !== "") this.#evaluate(text);
    if (this.#awaited === undefined && this.transport.connected) this.#editor.prompt(PROMPT);
  }

  #evaluate(text: string): void {
    let value: unknown;
    try {
      value = this.#evaluator.evaluate(text);
    } catch (error) {
      this.#say(showError(error));
      return;
    }
    const waited = waitable(value);
    if (waited === undefined) this.#tell(value);
    else this.#await(waited);
  }

  /** Waits for a result, which stays with who has it too; a failure is handled by being shown. */
  #await(result: Deferred<unknown>): void {
    const token = {};
    this.#awaited = token;
    // What is there at once is followed by the prompt of the line itself.
    let isLate = false;
    result.addBoth((outcome: unknown) => {
      if (this.#awaited === token) {
        this.#awaited = undefined;
        if (outcome instanceof Failure) this.#say(showError(outcome.value));
        else this.#tell(outcome);
        if (isLate) this.#goOn();
      }
      return outcome instanceof Failure ? undefined : outcome;
    });
    isLate = true;
  }

  #goOn(): void {
    this.#editor.prompt(PROMPT);
    this.resumeProducing();
    this.#work();
  }

  #interrupt(): void {
    this.#ahead = "";
    this.#text = "";
    if (!this.#admitted) {
      this.#leave("");
      return;
    }
    const wasWaiting = this.#awaited !== undefined;
    this.#awaited = undefined;
    if (wasWaiting) this.#say("interrupted: what it was goes on");
    this.#editor.prompt(PROMPT);
    if (wasWaiting) this.resumeProducing();
  }

  // --- what is told ---

  #welcome(): void {
    this.#say(this.#options.banner ?? "skein manhole: JavaScript, in this process; help, quit");
    this.#editor.prompt(PROMPT);
  }

  #help(): void {
    const names = Object.keys(this.#options.namespace);
    this.#say(`${HELP}\nnames: ${names.length === 0 ? "none" : names.join(", ")}`);
  }

  /** Nothing, like in Python, is no news. */
  #tell(value: unknown): void {
    this.#evaluator.define("_", value);
    if (value !== undefined) this.#say(show(value));
  }

  #say(text: string): void {
    this.sendData(`${text}\n`);
  }

  #leave(why: string): void {
    if (why !== "") this.#say(why);
    this.transport.loseConnection();
  }

  // --- the password ---

  #tryPassword(line: string): void {
    if (sameSecret(line, this.#options.password ?? "")) {
      if (this.#timer?.active) this.#timer.cancel();
      this.#admitted = true;
      this.#editor.isSecret = false;
      this.#welcome();
      return;
    }
    this.#attempts++;
    const token = {};
    this.#awaited = token;
    if (this.#timer?.active) this.#timer.cancel();
    this.#timer = this.#clock.callLater(WRONG_SECONDS, () => {
      this.#awaited = undefined;
      if (this.#attempts >= MAX_ATTEMPTS) {
        this.#leave("wrong");
        return;
      }
      this.#say("wrong");
      this.#timer = this.#clock.callLater(LOGIN_SECONDS, () => this.#leave("too late"));
      this.#editor.prompt("password: ");
      this.resumeProducing();
      this.#work();
    });
  }
}
