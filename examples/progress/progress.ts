/**
 * Shows how far work in a worker is, in the terminal or on a page; the worker is a thread or a
 * process, by one option:
 *
 *     reactor examples/progress/progress.ts
 *     reactor examples/progress/progress.ts --substrate processes --port 8080
 *
 * Who closes the page, or presses ^C, stops the work: the worker is asked to end, and does so after
 * its step.
 */
import { defineDaemon, type Reactor, ThreadPool } from "skein";
import { showJob } from "./job.ts";
import { progressSite } from "./page.ts";
import { TerminalDisplay } from "./terminal-display.ts";

type Substrate = "threads" | "processes";

/** So long workers have for a step, when they are asked to end. */
const STEP_SECONDS_MAX = 5;

export default defineDaemon({
  summary: "Shows the progress of work in a thread or a process.",
  options: {
    substrate: {
      type: "string",
      default: "threads",
      help: "what the worker is: threads or processes",
      check: (name) =>
        name === "threads" || name === "processes" ? undefined : "must be threads or processes",
    },
    port: { type: "number", default: -1, help: "show it on a page there; -1: in the terminal" },
    host: { type: "string", default: "127.0.0.1", help: "the address to listen on" },
    steps: { type: "number", default: 50, help: "how much work there is" },
    pauseSeconds: { type: "number", default: 0.1, help: "how long the worker waits in each step" },
  },
  build(reactor: Reactor<"tcp" | "threads">, options) {
    const substrate = options.substrate as Substrate;
    const pool = new ThreadPool(reactor, { substrate, cancelGraceSeconds: STEP_SECONDS_MAX });
    if (options.port < 0) {
      const job = showJob(pool, options, new TerminalDisplay(process.stdout));
      let stopping = false;
      reactor.addSystemEventTrigger("before", "shutdown", () => {
        stopping = true;
        job.cancel();
        return pool.drain(STEP_SECONDS_MAX);
      });
      void job.addCallback(() => {
        if (!stopping) reactor.stop();
      });
      return undefined;
    }
    const site = progressSite(reactor, pool, options);
    reactor.addSystemEventTrigger("during", "shutdown", () => pool.drain(STEP_SECONDS_MAX));
    return reactor
      .listenTCP(options.port, site, { interface: options.host })
      .addCallback((port) => {
        const { host, port: number } = port.getHost();
        console.log(`progress: its page is http://${host}:${number}/`);
        return port;
      });
  },
});
