import { LineTooLongError } from "./errors.ts";
import { Frames } from "./frames.ts";
import { assertLineFormat, LineDecoder, type LineFormat, TOO_LONG } from "./line-decoder.ts";

/**
 * A connection as an asynchronous iterable of lines of text. A line that is too long ends it, with
 * LineTooLongError.
 *
 * ```ts
 * import { Factory, Lines } from "skein/protocols";
 * import { createReactor } from "skein/reactor";
 * import { LineClient } from "skein/testing";
 *
 * async function greet(lines: Lines): Promise<void> {
 *   for await (const name of lines) lines.transport.write(`hello, ${name}\n`);
 * }
 * const greeters = Factory.from(() => {
 *   const lines = new Lines({ delimiter: "\n" });
 *   void greet(lines);
 *   return lines;
 * });
 * const reactor = createReactor("clock");
 * const stopped = reactor.run();
 * await reactor.listenTCP(7000, greeters);
 * const client = await LineClient.dial(reactor, 7000);
 * client.say("Ada");
 * console.log(await client.heard("Ada")); // → hello, Ada
 * client.close();
 * await stopped;
 * ```
 */
export class Lines extends Frames<string> {
  /** @throws BadOptionError for a delimiter, or a limit, that is none. */
  constructor({ delimiter = "\r\n", maxLength = 16_384 }: Partial<LineFormat> = {}) {
    assertLineFormat({ delimiter, maxLength });
    const lines = new LineDecoder({ delimiter, maxLength });
    super({
      push: (data) => lines.push(data),
      next() {
        const line = lines.next();
        if (line === TOO_LONG) throw new LineTooLongError(maxLength);
        // It is never in raw mode.
        return line as string | undefined;
      },
      takeRest: () => lines.takeRest(),
    });
  }
}
