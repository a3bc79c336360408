/** Somebody at a manhole, on a reactor. */
import {
  ClientFactory,
  Deferred,
  type DelayedCall,
  Protocol,
  type Reactor,
  type ReactorTime,
} from "skein";

export class Operator extends Protocol {
  text = "";
  readonly made: Deferred<this> = new Deferred();
  readonly ended: Deferred<void> = new Deferred();
  readonly #clock: Pick<ReactorTime, "callLater">;
  #wish: { readonly text: string; readonly deferred: Deferred<string> } | undefined = undefined;
  #timer: DelayedCall | undefined = undefined;

  constructor(clock: Pick<ReactorTime, "callLater">) {
    super();
    this.#clock = clock;
  }

  static unix(reactor: Reactor<"unix">, path: string): Deferred<Operator> {
    const operator = new Operator(reactor);
    reactor.connectUNIX(
      path,
      ClientFactory.from(() => operator),
    );
    return operator.made;
  }

  static tcp(reactor: Reactor<"tcp">, port: number): Deferred<Operator> {
    const operator = new Operator(reactor);
    reactor.connectTCP(
      "127.0.0.1",
      port,
      ClientFactory.from(() => operator),
    );
    return operator.made;
  }

  type(text: string | Uint8Array): void {
    this.transport.write(text);
  }

  /** Types a line; what is answered, up to the next prompt. */
  async ask(line: string): Promise<string> {
    this.type(`${line}\n`);
    const heard = await this.until(">>> ");
    return heard.replace(/\r\n>>> $|>>> $/, "").replaceAll("\r\n", "\n");
  }

  /** What is heard up to the text, which is taken away with it. */
  until(text: string): Deferred<string> {
    const deferred = new Deferred<string>();
    this.#timer = this.#clock.callLater(100, () => {
      deferred.errback(new Error(`no ${JSON.stringify(text)} in ${JSON.stringify(this.text)}`));
    });
    this.#wish = { text, deferred };
    this.#look();
    return deferred;
  }

  override connectionMade(): void {
    this.made.callback(this);
  }

  override dataReceived(data: Uint8Array): void {
    this.text += Buffer.from(data).toString("latin1");
    this.#look();
  }

  override connectionLost(): void {
    this.ended.callback();
  }

  #look(): void {
    const at = this.#wish === undefined ? -1 : this.text.indexOf(this.#wish.text);
    if (this.#wish === undefined || at < 0) return;
    const end = at + this.#wish.text.length;
    const heard = this.text.slice(0, end);
    const { deferred } = this.#wish;
    this.text = this.text.slice(end);
    this.#wish = undefined;
    this.#timer?.cancel();
    deferred.callback(heard);
  }
}
