import { BadOptionError, SkeinError } from "../../core/errors.ts";
import { Deferred } from "../../defer/deferred.ts";
import { CancelledError } from "../../defer/errors.ts";
import type { Failure } from "../../defer/failure.ts";
import { fail, succeed } from "../../defer/fired.ts";
import { TelnetCommand, type TelnetVerb, VERB_NAMES } from "./codes.ts";

const { WILL, WONT, DO, DONT } = TelnetCommand;

/** A telnet peer does not agree to an option. */
export class OptionRefusedError extends SkeinError {
  override readonly name = "OptionRefusedError";
  readonly code = "ERR_OPTION_REFUSED";
  readonly option: number;

  constructor(verb: TelnetVerb, option: number) {
    super(`the peer has refused ${VERB_NAMES[verb]} ${option}`);
    this.option = option;
  }
}

/** Who has an option: this side, or the peer. */
export type TelnetSide = "local" | "remote";

/** What negotiations ask for, and tell. */
export interface TelnetPolicy {
  /** Sends a verb. */
  send(verb: TelnetVerb, option: number): void;
  /** The peer wishes it: whether this side agrees. */
  agrees(side: TelnetSide, option: number): boolean;
  /** An option is in force from now on, or not any more. */
  changed(side: TelnetSide, option: number, enabled: boolean): void;
}

/** Somebody who has asked for an option to be so. */
interface Wish {
  readonly enabled: boolean;
  readonly deferred: Deferred<void>;
}

/** RFC 1143's states. In WANTNO and WANTYES the peer's answer is awaited. */
type State = "NO" | "YES" | "WANTNO" | "WANTYES";

class Option {
  state: State = "NO";
  /** While an answer is awaited: whether the opposite is to be asked for when it has come. */
  opposite = false;
  wishes: Wish[] = [];
}

/**
 * The negotiation of options by RFC 1143, which cannot go round in circles: each option of each
 * side is asked for once, and answered only when the answer changes something.
 */
export class OptionNegotiation {
  readonly #policy: TelnetPolicy;
  readonly #options = { local: new Map<number, Option>(), remote: new Map<number, Option>() };
  #lost: Failure | undefined = undefined;

  constructor(policy: TelnetPolicy) {
    this.#policy = policy;
  }

  isEnabled(side: TelnetSide, option: number): boolean {
    const state = this.#options[side].get(option)?.state;
    return state === "YES" || state === "WANTNO";
  }

  /**
   * Asks the peer; fires when it is so. Fails with OptionRefusedError, or with the reason of the
   * connection's end. Cancelling waits no longer.
   *
   * @throws BadOptionError for a number that is no option.
   */
  request(side: TelnetSide, number: number, enabled: boolean): Deferred<void> {
    if (!Number.isInteger(number) || number < 0 || number > 254) {
      throw new BadOptionError(`${number} is no telnet option (a whole number from 0 to 254)`);
    }
    if (this.#lost !== undefined) return fail(this.#lost);
    const option = this.#option(side, number);
    if (option.state === (enabled ? "YES" : "NO")) return succeed(undefined);
    const deferred = new Deferred<void>(() => {
      option.wishes = option.wishes.filter((wish) => wish.deferred !== deferred);
      deferred.errback(new CancelledError());
    });
    option.wishes.push({ enabled, deferred });
    if (option.state === "NO" || option.state === "YES") this.#ask(side, number, option, enabled);
    else option.opposite = (option.state === "WANTYES") !== enabled;
    return deferred;
  }

  /** The peer has sent a verb. */
  received(verb: TelnetVerb, number: number): void {
    const side = verb === WILL || verb === WONT ? "remote" : "local";
    const enabled = verb === WILL || verb === DO;
    const option = this.#option(side, number);
    switch (option.state) {
      case "NO":
        if (!enabled) return;
        if (this.#policy.agrees(side, number)) {
          option.state = "YES";
          this.#policy.send(side === "local" ? WILL : DO, number);
          this.#policy.changed(side, number, true);
        } else this.#policy.send(side === "local" ? WONT : DONT, number);
        return;
      case "YES":
        if (enabled) return;
        option.state = "NO";
        this.#policy.send(side === "local" ? WONT : DONT, number);
        this.#policy.changed(side, number, false);
        return;
      default:
        this.#answered(side, number, option, enabled);
    }
  }

  /** The connection has ended: nobody will answer. */
  end(reason: Failure): void {
    this.#lost = reason;
    for (const side of ["local", "remote"] as const) {
      for (const option of this.#options[side].values()) {
        for (const { deferred } of option.wishes.splice(0)) deferred.errback(reason);
      }
    }
  }

  #answered(side: TelnetSide, number: number, option: Option, enabled: boolean): void {
    const asked = option.state === "WANTYES";
    const { opposite } = option;
    option.opposite = false;
    // Nobody may refuse to be without an option: it counts as gone, unless it is wanted again.
    const isNow = enabled && (asked || opposite);
    option.state = isNow ? "YES" : "NO";
    const askAgain = opposite && asked === enabled;
    if (isNow !== !asked) this.#policy.changed(side, number, isNow);
    if (askAgain) this.#ask(side, number, option, !enabled);
    this.#settle(side, number, option, isNow, askAgain);
  }

  /** Tells those who have waited; `kept` are those who wait for the opposite. */
  #settle(side: TelnetSide, number: number, option: Option, isNow: boolean, kept: boolean): void {
    const told = option.wishes.filter(({ enabled }) => enabled === isNow || !kept);
    option.wishes = option.wishes.filter((wish) => !told.includes(wish));
    for (const { enabled, deferred } of told) {
      if (enabled === isNow) deferred.callback();
      else deferred.errback(new OptionRefusedError(verbFor(side, enabled), number));
    }
  }

  #ask(side: TelnetSide, number: number, option: Option, enabled: boolean): void {
    option.state = enabled ? "WANTYES" : "WANTNO";
    this.#policy.send(verbFor(side, enabled), number);
  }

  #option(side: TelnetSide, number: number): Option {
    const options = this.#options[side];
    let option = options.get(number);
    if (option === undefined) options.set(number, (option = new Option()));
    return option;
  }
}

function verbFor(side: TelnetSide, enabled: boolean): TelnetVerb {
  if (side === "local") return enabled ? WILL : WONT;
  return enabled ? DO : DONT;
}
