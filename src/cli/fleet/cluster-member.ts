import cluster, { type Worker } from "node:cluster";
import { Deferred } from "../../defer/deferred.ts";
import type { ProcessStatistics } from "../../application/process-statistics.ts";
import type { Member, MemberEnd } from "./member.ts";
import { MEMBER_VARIABLE } from "./membership.ts";
import { isOurs, type Notice, type Order } from "./messages.ts";
import { prefixLines } from "./prefix-lines.ts";

/** A process of node:cluster. */
export class ClusterMember implements Member {
  readonly id: number;
  readonly ready: Deferred<void> = new Deferred();
  readonly ended: Deferred<MemberEnd> = new Deferred();
  readonly #worker: Worker;
  /** Reports that were asked for, by their numbers. */
  readonly #reports = new Map<number, Deferred<ProcessStatistics>>();
  #asked = 0;
  /** Who waits for a sign of life. */
  #turning: Deferred<void> | undefined = undefined;

  /**
   * Starts it. Each line that it prints is printed here, behind its number; of an object in JSON,
   * its number is a field, if that is how they log.
   */
  constructor(id: number, inJSON: boolean) {
    this.id = id;
    const worker = (this.#worker = cluster.fork({ [MEMBER_VARIABLE]: String(id) }));
    for (const stream of ["stdout", "stderr"] as const) {
      // Each pipe listens to it: there may be many.
      process[stream].setMaxListeners(0);
      worker.process[stream]
        ?.pipe(prefixLines(`${id}: `, inJSON ? `{"process":${id},` : undefined))
        .pipe(process[stream], { end: false });
    }
    worker.on("message", (message: unknown) => {
      if (isOurs(message)) this.#heard(message as Notice);
    });
    // What cannot be sent is for somebody who is going; one that cannot be started has ended.
    worker.on("error", () => {
      if (worker.process.pid === undefined) this.#over({ status: 1, signal: null });
    });
    // When its outputs have been read, too.
    worker.process.once("close", (status, signal) => this.#over({ status, signal }));
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  get reachable(): boolean {
    return this.#worker.isConnected();
  }

  turns(): Deferred<void> {
    const turning = (this.#turning = new Deferred<void>());
    this.#order({ skein: "turn" });
    return turning;
  }

  stop(): void {
    if (this.ready.called) this.#order({ skein: "stop" });
    // It may not even be loaded, and then hears of no orders.
    else this.signal("SIGTERM");
  }

  retire(): void {
    this.#order({ skein: "retire" });
  }

  kill(): void {
    this.#worker.process.kill("SIGKILL");
  }

  signal(signal: NodeJS.Signals): void {
    this.#worker.process.kill(signal);
  }

  /** Asks it how it fares. Fires when it answers; cancelled, or never, if it does not. */
  report(): Deferred<ProcessStatistics> {
    const asked = ++this.#asked;
    const report = new Deferred<ProcessStatistics>(() => this.#reports.delete(asked));
    this.#reports.set(asked, report);
    this.#order({ skein: "report", asked });
    return report;
  }

  #heard(message: Notice): void {
    if (message.skein === "ready") {
      if (!this.ready.called) this.ready.callback();
      return;
    }
    if (message.skein === "turns") {
      if (this.#turning?.called === false) this.#turning.callback();
      return;
    }
    const report = this.#reports.get(message.asked);
    this.#reports.delete(message.asked);
    if (report?.called === false) report.callback(message.statistics);
  }

  #order(order: Order): void {
    if (this.#worker.isConnected()) this.#worker.send(order, () => {});
  }

  #over(end: MemberEnd): void {
    if (!this.ended.called) this.ended.callback(end);
  }
}
