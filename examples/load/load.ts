/**
 * Loads a server of HTTP with clients, of which there may be more or fewer at any time:
 *
 *     reactor examples/load/load.ts --url http://127.0.0.1:8080/ --clients 20 --seconds 10
 *
 * With `--control 7200`, `nc 127.0.0.1 7200` takes lines: `clients 50`, `report`, `stop`. When it
 * stops, every client gets the answer that it waits for; then the report is printed. The clients
 * are node:http's, over the reactor: on virtual time a day of load takes as long as its requests.
 */
import http from "node:http";
import { defineDaemon, Deferred, Factory, LineReceiver, type Reactor, Service } from "skein";
import { connectDuplex } from "skein/interop";

export interface Report {
  readonly requests: number;
  /** Those that had no answer, or one from 500 on. */
  readonly failed: number;
  readonly seconds: number;
  /** So many milliseconds were enough for half of the requests, and for 99 of 100. */
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** Clients that ask for a page, again and again, each when it has its answer. */
export class Load extends Service {
  readonly #reactor: Reactor<"tcp">;
  readonly #url: URL;
  readonly #clients = new Set<Client>();
  /** How many there are to be while it runs. */
  #wanted: number;
  #startedAt = 0;
  #failed = 0;
  /** In milliseconds, of every request. */
  readonly #took = new Histogram();
  #over: Deferred<void> | undefined = undefined;

  constructor(reactor: Reactor<"tcp">, url: URL, clients: number) {
    super({ name: "load", clock: reactor });
    this.#reactor = reactor;
    this.#url = url;
    this.#wanted = clients;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** More begin at once; those that are too many end with the answers that they wait for. */
  setClients(count: number): void {
    this.#wanted = count;
    while (this.#clients.size < count) this.#begin();
    let tooMany = this.#clients.size - count;
    for (const client of this.#clients) if (tooMany-- > 0) client.leave();
  }

  report(): Report {
    return {
      requests: this.#took.count,
      failed: this.#failed,
      seconds: this.#reactor.seconds() - this.#startedAt,
      medianMs: this.#took.quantile(0.5),
      p99Ms: this.#took.quantile(0.99),
    };
  }

  protected override start(): void {
    this.#startedAt = this.#reactor.seconds();
    this.setClients(this.#wanted);
  }

  protected override stop(): Deferred<void> | undefined {
    this.setClients(0);
    if (this.#clients.size === 0) return undefined;
    return (this.#over = new Deferred<void>());
  }

  #begin(): void {
    const client = new Client(this.#reactor, this.#url, {
      answered: (ms, well) => {
        this.#took.add(ms);
        if (!well) this.#failed++;
      },
      left: () => {
        this.#clients.delete(client);
        if (this.#clients.size === 0) this.#over?.callback();
      },
    });
    this.#clients.add(client);
    client.ask();
  }
}

interface ClientEvents {
  answered(ms: number, well: boolean): void;
  left(): void;
}

/** One that asks, over a connection of its own that is kept. */
class Client {
  readonly #reactor: Reactor<"tcp">;
  readonly #url: URL;
  readonly #events: ClientEvents;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  #leaving = false;

  constructor(reactor: Reactor<"tcp">, url: URL, events: ClientEvents) {
    this.#reactor = reactor;
    this.#url = url;
    this.#events = events;
    const { hostname, port } = url;
    this.#agent.createConnection = () => connectDuplex(reactor, hostname, Number(port || 80));
  }

  ask(): void {
    const began = this.#reactor.seconds();
    let over = false;
    const ended = (well: boolean): void => {
      if (over) return;
      over = true;
      this.#events.answered((this.#reactor.seconds() - began) * 1000, well);
      // Where nobody answers, it shall not ask without a pause.
      this.#reactor.callLater(well ? 0 : 1, () => this.#next());
    };
    const request = http.get(this.#url, { agent: this.#agent }, (response) => {
      response.on("error", () => ended(false));
      response.on("end", () => ended((response.statusCode ?? 500) < 500));
      response.resume();
    });
    request.on("error", () => ended(false));
  }

  /** With the answer that it waits for. */
  leave(): void {
    this.#leaving = true;
  }

  #next(): void {
    if (!this.#leaving) {
      this.ask();
      return;
    }
    this.#agent.destroy();
    this.#events.left();
  }
}

/** Counts times, each with an error of 5 % at the most, in a few hundred numbers. */
class Histogram {
  readonly #counts = new Map<number, number>();
  count = 0;

  add(ms: number): void {
    const place = Math.round(Math.log(Math.max(ms, 0.001)) / STEP);
    this.#counts.set(place, (this.#counts.get(place) ?? 0) + 1);
    this.count++;
  }

  /** So much is enough for this share of them; 0 where there is none. */
  quantile(share: number): number {
    let left = share * this.count;
    for (const place of [...this.#counts.keys()].sort((a, b) => a - b)) {
      left -= this.#counts.get(place) ?? 0;
      if (left <= 0) return Math.exp(place * STEP);
    }
    return 0;
  }
}

const STEP = Math.log(1.1);

/** Takes lines that change the load while it runs. */
class Control extends LineReceiver {
  override delimiter = "\n";
  readonly #load: Load;
  readonly #reactor: Reactor;

  constructor(reactor: Reactor, load: Load) {
    super();
    this.#reactor = reactor;
    this.#load = load;
  }

  override lineReceived(line: string): void {
    const [, count] = /^clients (\d{1,4})\s*$/.exec(line) ?? [];
    if (count !== undefined) {
      this.#load.setClients(Number(count));
      this.sendLine(`clients: ${count}`);
    } else if (line.trim() === "report") this.sendLine(textOf(this.#load.report()));
    else if (line.trim() === "stop") this.#reactor.stop();
    else this.sendLine("say: clients N (up to 9999), report, or stop");
  }
}

function textOf({ requests, failed, seconds, medianMs, p99Ms }: Report): string {
  const rate = seconds > 0 ? Math.round(requests / seconds) : 0;
  return (
    `${requests} requests in ${seconds.toFixed(1)} s (${rate}/s), ${failed} failed, ` +
    `median ${medianMs.toFixed(1)} ms, 99 %: ${p99Ms.toFixed(1)} ms`
  );
}

export default defineDaemon({
  summary: "Loads a server of HTTP with clients.",
  options: {
    url: {
      type: "string",
      default: "http://127.0.0.1:8080/",
      help: "what they ask for",
      check: (url) => (url.startsWith("http://") && URL.canParse(url) ? undefined : "an http: URL"),
    },
    clients: { type: "integer", default: 10, help: "how many clients there are at first" },
    seconds: { type: "number", default: 0, help: "how long it lasts; 0: until it is stopped" },
    control: { type: "integer", default: 0, help: "a port that takes lines; 0: none" },
  },
  async build(reactor: Reactor<"tcp">, { url, clients, seconds, control }): Promise<Load> {
    const load = new Load(reactor, new URL(url), clients);
    const end = seconds > 0 ? reactor.callLater(seconds, () => reactor.stop()) : undefined;
    load.onStateChange(({ state }) => {
      if (end?.active === true && state === "stopping") end.cancel();
      if (state === "stopped") console.log(`load: ${textOf(load.report())}`);
    });
    if (control > 0) {
      const controls = Factory.from(() => new Control(reactor, load));
      await reactor.listenTCP(control, controls, { interface: "127.0.0.1" });
    }
    return load;
  },
});
