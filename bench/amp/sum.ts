/** The command of the benchmark, as amp/twisted_peer.py knows it. */
import { AMP, command, integer, unicode } from "skein/amp";

export const Sum = command("Sum", {
  arguments: { a: integer, b: integer, note: unicode },
  response: { total: integer, note: unicode },
});

export class Adder extends AMP {
  constructor() {
    super();
    this.respond(Sum, ({ a, b, note }) => ({ total: a + b, note }));
  }
}
