/**
 * Says again what comes by standard input: `npx reactor examples/stdio/echo.ts`. It ends with its
 * input: ^D at a terminal, or the end of a pipe.
 */
import { defineDaemon, Factory, LineReceiver, type Reactor, StdioEndpoint } from "skein";

export default defineDaemon({
  summary: "Says again what comes by standard input.",
  options: {},
  build(reactor: Reactor<"stdio">) {
    class Echo extends LineReceiver {
      override delimiter = "\n";

      override lineReceived(line: string): void {
        this.sendLine(line);
      }

      override connectionLost(): void {
        if (reactor.running) reactor.stop();
      }
    }
    return new StdioEndpoint(reactor).connect(Factory.forProtocol(Echo));
  },
});
