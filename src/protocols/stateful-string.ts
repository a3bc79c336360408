/**
 * A dialogue in steps: what a string means depends on those before it. For whatever kind of frame a
 * protocol has; in Twisted it is a class to mix in.
 *
 * ```ts
 * import { NetstringReceiver, StatefulString } from "skein/protocols";
 * import { StringTransport } from "skein/testing";
 *
 * class Login extends NetstringReceiver {
 *   readonly #steps = new StatefulString<"name" | "password">("name", {
 *     name: () => "password",
 *     password: (string) => {
 *       this.sendString(string.length > 7 ? "welcome" : "too short");
 *       return "name";
 *     },
 *   });
 *   override stringReceived(string: Uint8Array): void {
 *     this.#steps.stringReceived(string);
 *   }
 * }
 * const login = new Login();
 * const transport = new StringTransport();
 * login.makeConnection(transport);
 * login.dataReceived(new TextEncoder().encode("3:ada,8:lovelace,"));
 * console.log(transport.text()); // → 7:welcome,
 * ```
 */
export class StatefulString<S extends string, F = Uint8Array> {
  /** What the next string will be taken for; set it to break a dialogue off. */
  state: S;
  readonly #steps: Readonly<Record<S, (frame: F) => S>>;

  /** @param steps what to do with a string in each state; it returns the next one. */
  constructor(state: S, steps: Readonly<Record<S, (frame: F) => S>>) {
    this.state = state;
    this.#steps = steps;
  }

  /** Takes one step. When it throws, the state stays as it was. */
  stringReceived(frame: F): void {
    this.state = this.#steps[this.state](frame);
  }
}
