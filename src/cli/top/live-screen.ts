import { Protocol } from "../../protocols/protocol.ts";
import type { Reactor } from "../../reactor/capabilities.ts";
import { stopIfRunning } from "../../reactor/stop-if-running.ts";
import { watchControl } from "../control/control-client.ts";
import type { Snapshot } from "../control/snapshot.ts";
import { screenOf } from "./screen.ts";
import { viewOf } from "./view.ts";

const ESC = "\u001B[";
/** A screen of its own, without a cursor; and back. */
const ENTER = `${ESC}?1049h${ESC}?25l`;
const LEAVE = `${ESC}?25h${ESC}?1049l`;
const HOME = `${ESC}H`;
const CLEAR_LINE = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;
const CTRL_C = 3;
const CTRL_D = 4;

/** Draws a daemon on the terminal, until somebody types q, or it has gone. */
export function showScreen(
  reactor: Reactor<"unix" | "stdio">,
  path: string,
  every: number,
  fail: (why: string) => void,
): void {
  const screen = new Screen(path, () => stopIfRunning(reactor));
  reactor
    .openStdio(screen, { raw: process.stdin.isTTY })
    .addCallback(() => {
      const stop = watchControl(reactor, path, every, {
        snapshot: (snapshot) => screen.show(snapshot),
        ended(why) {
          screen.leave();
          fail(why);
        },
      });
      const redraw = (): void => screen.draw();
      process.stdout.on("resize", redraw);
      reactor.addSystemEventTrigger("before", "shutdown", () => {
        process.stdout.off("resize", redraw);
        stop();
        screen.leave();
      });
    })
    .addErrback(({ value }) => fail((value as Error).message));
}

class Screen extends Protocol {
  readonly #path: string;
  readonly #quit: () => void;
  #before: Snapshot | undefined = undefined;
  #snapshot: Snapshot | undefined = undefined;
  #entered = false;

  constructor(path: string, quit: () => void) {
    super();
    this.#path = path;
    this.#quit = quit;
  }

  override connectionMade(): void {
    this.#entered = true;
    this.transport.write(ENTER);
  }

  override dataReceived(data: Uint8Array): void {
    for (const byte of data) {
      if (byte === CTRL_C || byte === CTRL_D || byte === "q".charCodeAt(0)) this.#quit();
    }
  }

  /** Without a keyboard it goes on, until a signal comes. */
  readConnectionLost(): void {}

  show(snapshot: Snapshot): void {
    this.#before = this.#snapshot;
    this.#snapshot = snapshot;
    this.draw();
  }

  draw(): void {
    if (!this.#entered || this.#snapshot === undefined) return;
    // A terminal that is behind does not get pictures by the dozen.
    if (this.transport.bufferedBytes > 0) return;
    const { columns, rows } = process.stdout;
    const view = viewOf(this.#snapshot, this.#before);
    const lines = screenOf(`reactor top ${this.#path}   (q: quit)`, view, columns, rows - 1);
    const text = lines.map((line) => `${line}${CLEAR_LINE}\r\n`).join("");
    this.transport.write(`${HOME}${text}${CLEAR_BELOW}`);
  }

  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.transport.write(LEAVE);
    this.transport.loseConnection();
  }
}
