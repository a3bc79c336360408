import { expect } from "chai";
import vm from "node:vm";
import { bundle } from "../support/bundles.ts";

const PAGE = `
  import { Deferred, DeferredFilesystemLock, fromPromise, inlineCallbacks } from "skein/defer";
  import { Factory, LineReceiver } from "skein/protocols";
  import { createReactor } from "skein/reactor";
  import { LoopingCall } from "skein/task";

  class Shout extends LineReceiver {
    lineReceived(line) { this.sendLine(line.toUpperCase()); }
  }
  class Client extends LineReceiver {
    connectionMade() { this.sendLine("hello"); }
    lineReceived(line) { log("heard " + line); }
  }

  log("timer " + (typeof createReactor("timer").listenTCP));
  try { createReactor("libuv"); } catch (error) { log(error.message); }
  try { new DeferredFilesystemLock("lock", {}); } catch (error) { log(error.message); }
  const aborted = fromPromise((signal) => {
    signal.addEventListener("abort", () => log("aborted"));
    return new Promise(() => {});
  });
  aborted.addErrback((failure) => log(failure.message));
  aborted.cancel();

  const real = createReactor("timer");
  real.callLater(0.001, () => real.stop());
  await real.run();
  log("timer ran");

  const virtual = createReactor("clock");
  virtual.listenTCP(7, Factory.forProtocol(Shout));
  const factory = Object.assign(Factory.forProtocol(Client), {
    startedConnecting() {}, clientConnectionFailed() {}, clientConnectionLost() {},
  });
  virtual.callLater(1, () => virtual.connectTCP("localhost", 7, factory));
  const beats = new LoopingCall(virtual, inlineCallbacks(function* () {
    const pause = new Deferred();
    virtual.callLater(0.5, () => pause.callback());
    yield pause;
    log("beat " + virtual.seconds());
  }));
  beats.start(2);
  await virtual.advance(3);
`;

/** Nothing that is not in every browser. */
const BROWSER_GLOBALS = [
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "queueMicrotask",
  "performance",
  "console",
  "TextEncoder",
  "TextDecoder",
  "structuredClone",
  "URL",
  "AbortController",
] as const;

describe("in a browser", () => {
  it("timer, clock, Deferreds and protocols run with what a browser has", async () => {
    const script = await bundle(withStatementsInFunction(PAGE));
    const log: string[] = [];
    const page = vm.createContext({
      ...Object.fromEntries(BROWSER_GLOBALS.map((name) => [name, globalThis[name]])),
      log: (line: string) => log.push(line),
    });
    await new Promise<void>((resolve, reject) => {
      page["done"] = (error?: Error) => (error === undefined ? resolve() : reject(error));
      vm.runInContext(script, page);
    });
    expect(log).to.deep.equal([
      "timer function",
      'no backend is called "libuv"; there are: timer, clock',
      "a lock in the file system needs Node, or its like",
      "aborted",
      "CancelledError: the operation was cancelled",
      "timer ran",
      "beat 0.5",
      "heard HELLO",
      "beat 2.5",
    ]);
  });
});

/** A script has no `await` of its own: what is not an import goes into an async function. */
function withStatementsInFunction(page: string): string {
  const imports = page.match(/^ +import .*$/gm) ?? [];
  const statements = page.replaceAll(/^ +import .*$/gm, "");
  return `${imports.join("\n")}\n(async () => {${statements}})().then(() => done(), done);`;
}
