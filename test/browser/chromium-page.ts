/** A page in a real browser, looked at from outside: by the protocol of its developer tools. */
import { once } from "node:events";
import { WebSocket } from "ws";
import { type Chromium, startChromium } from "./chromium.ts";

interface Answer {
  readonly id?: number;
  readonly result?: { readonly [name: string]: unknown };
  readonly error?: { readonly message: string };
}

/** Resolves, in the page, with its text, when the pattern is in it. */
const whenItSays = (pattern: RegExp): string => `new Promise((resolve) => {
  const text = () => document.body?.innerText ?? "";
  const look = () => ${String(pattern)}.test(text()) && resolve(text());
  const all = { subtree: true, childList: true, characterData: true };
  new MutationObserver(look).observe(document, all);
  look();
})`;

export class ChromiumPage {
  readonly #chromium: Chromium;
  readonly #tools: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #ids = 0;
  #session = "";
  #target = "";

  private constructor(chromium: Chromium, tools: WebSocket) {
    this.#chromium = chromium;
    this.#tools = tools;
    tools.on("message", (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as Answer;
      if (answer.id === undefined) return;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
  }

  /** Starts a browser that shows the page. */
  static async open(url: string): Promise<ChromiumPage> {
    const chromium = startChromium("about:blank", "--remote-debugging-port=0");
    try {
      const tools = new WebSocket(await toolsOf(chromium));
      await once(tools, "open");
      const page = new ChromiumPage(chromium, tools);
      await page.#attach(url);
      return page;
    } catch (error) {
      await chromium.end();
      throw error;
    }
  }

  /** Resolves with the text of the page when the pattern is in it. */
  async says(pattern: RegExp): Promise<string> {
    const expression = whenItSays(pattern);
    const evaluated = await this.#ask("Runtime.evaluate", { expression, awaitPromise: true });
    return (evaluated["result"] as { value: string }).value;
  }

  /** Closes the page, as who closes its tab. */
  async closeTab(): Promise<void> {
    await this.#ask("Target.closeTarget", { targetId: this.#target }, "");
  }

  /** Ends the browser. */
  async end(): Promise<void> {
    this.#tools.terminate();
    await this.#chromium.end();
  }

  async #attach(url: string): Promise<void> {
    const { targetInfos } = await this.#ask("Target.getTargets", {});
    const targets = targetInfos as { targetId: string; type: string }[];
    this.#target = targets.find(({ type }) => type === "page")?.targetId ?? "";
    const attached = { targetId: this.#target, flatten: true };
    this.#session = (await this.#ask("Target.attachToTarget", attached))["sessionId"] as string;
    await this.#ask("Page.navigate", { url });
  }

  async #ask(
    method: string,
    params: object,
    session: string = this.#session,
  ): Promise<NonNullable<Answer["result"]>> {
    const id = ++this.#ids;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    const sessionId = session === "" ? {} : { sessionId: session };
    this.#tools.send(JSON.stringify({ id, method, params, ...sessionId }));
    const gone = this.#chromium.ended.then(async () => {
      throw new Error(`chromium has ended: ${await this.#chromium.said}`);
    });
    const { result, error } = await Promise.race([answered, gone]);
    if (result === undefined) throw new Error(`${method}: ${error?.message}`);
    return result;
  }
}

/** Where its developer tools are, as it says. */
async function toolsOf({ stderr, ended, said }: Chromium): Promise<string> {
  const found = new Promise<string>((resolve) => {
    let heard = "";
    stderr.on("data", (bytes: Buffer) => {
      heard += bytes.toString();
      const address = /DevTools listening on (ws:\S+)/.exec(heard)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
  const early = ended.then(async () => {
    throw new Error(`chromium has ended: ${await said}`);
  });
  return Promise.race([found, early]);
}
