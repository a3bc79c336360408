/**
 * A dog that takes commands from standard input: `npx reactor examples/stdio/dog.ts`, then `sit`,
 * `say hello`, `run`. It thinks about each command for a second, and says something only when it
 * sits; what else it is told meanwhile it does afterwards, in order.
 */
import { defineDaemon, Factory, LineReceiver, type Reactor, StdioEndpoint } from "skein";

export class Dog {
  sits = false;

  /** Does what it is told; what comes of it, in words. */
  obey(command: string): string {
    const [verb, ...words] = command.trim().split(/\s+/);
    switch (verb) {
      case "sit":
        this.sits = true;
        return "* the dog sits";
      case "run":
        this.sits = false;
        return "* the dog runs about";
      case "say":
        return this.sits ? `woof, ${words.join(" ")}!` : "* the dog does not sit still";
      default:
        return "* the dog looks at you";
    }
  }
}

export default defineDaemon({
  summary: "A dog that sits, and says.",
  options: {},
  build(reactor: Reactor<"stdio">) {
    const dog = new Dog();

    class Master extends LineReceiver {
      override delimiter = "\n";

      override lineReceived(command: string): void {
        this.pauseProducing(); // one command at a time
        reactor.callLater(1, () => {
          this.sendLine(dog.obey(command));
          this.resumeProducing();
        });
      }

      override connectionLost(): void {
        if (reactor.running) reactor.stop();
      }
    }
    return new StdioEndpoint(reactor).connect(Factory.forProtocol(Master));
  },
});
