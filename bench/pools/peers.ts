/** Other pools of workers, each behind the same face. They are installed where only this looks. */
// Of none of them are the types at hand.
/* oxlint-disable no-explicit-any, no-unsafe-assignment, no-unsafe-call, no-unsafe-return */
/* oxlint-disable no-unsafe-member-access */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

const VERSIONS = {
  piscina: "5.3.2",
  tinypool: "2.2.0",
  workerpool: "10.0.3",
  poolifier: "5.3.2",
  comlink: "4.4.2",
};

export interface Peer {
  readonly name: string;
  increment(n: number): PromiseLike<unknown>;
  spin(): PromiseLike<unknown>;
  /** Moves the bytes where the peer can. */
  length(bytes: Uint8Array): PromiseLike<unknown>;
  stop(): unknown;
}

/** Installs them, the first time, from the registry that npm is set to. */
function install(): string {
  const named = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  const folder = join(tmpdir(), `skein-bench-pools-${Object.values(VERSIONS).join("-")}`);
  if (!existsSync(join(folder, "node_modules", "comlink"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), "{}");
    console.log(`installing ${named.join(", ")} in ${folder}`);
    const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts"];
    execFileSync("npm", [...args, ...named], { stdio: ["ignore", "ignore", "inherit"] });
  }
  const tasks = JSON.stringify(new URL("tasks.mjs", import.meta.url).href);
  // Those that want to be called by what runs in their workers.
  const files = {
    "workerpool.mjs": `import w from "workerpool"; import * as tasks from ${tasks};
      w.worker({ ...tasks });`,
    "poolifier.mjs": `import { ThreadWorker } from "poolifier"; import * as tasks from ${tasks};
      export default new ThreadWorker({
        increment: (n) => tasks.increment(n), spin: () => tasks.spin(),
        length: (bytes) => tasks.length(bytes) });`,
    "comlink.mjs": `import { expose } from "comlink"; import { parentPort } from "node:worker_threads";
      import endpoint from "comlink/dist/esm/node-adapter.mjs"; import * as tasks from ${tasks};
      expose({ ...tasks }, endpoint(parentPort));`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export async function startPeers(workers: number): Promise<Peer[]> {
  const folder = install();
  const require = createRequire(join(folder, "index.js"));
  const load = (path: string): Promise<any> => import(join(folder, "node_modules", path));
  const file = (name: string): string => join(folder, name);
  const filename = fileURLToPath(new URL("tasks.mjs", import.meta.url));

  const { Piscina } = require("piscina");
  const limits = { filename, minThreads: workers, maxThreads: workers };
  const piscina = new Piscina({ ...limits, maxQueue: Infinity });

  const { Tinypool } = await load("tinypool/dist/index.js");
  const tinypool = new Tinypool(limits);

  const workerpool = require("workerpool");
  const wp = workerpool.pool(file("workerpool.mjs"), {
    workerType: "thread",
    minWorkers: workers,
    maxWorkers: workers,
    maxQueueSize: Infinity,
  });

  const { FixedThreadPool } = await load("poolifier/lib/index.mjs");
  const poolifier = new FixedThreadPool(workers, file("poolifier.mjs"), { enableEvents: false });

  const { wrap, transfer } = await load("comlink/dist/esm/comlink.mjs");
  const { default: endpoint } = await load("comlink/dist/esm/node-adapter.mjs");
  // No pool: the calls go to its workers by turns.
  const threads = Array.from({ length: workers }, () => new Worker(file("comlink.mjs")));
  const remotes = threads.map((thread) => wrap(endpoint(thread)));
  let turn = 0;
  const remote = (): any => remotes[turn++ % workers];

  return [
    {
      name: "piscina",
      increment: (n) => piscina.run(n, { name: "increment" }),
      spin: () => piscina.run(undefined, { name: "spin" }),
      length: (bytes) => piscina.run(bytes, { name: "length", transferList: [bytes.buffer] }),
      stop: () => piscina.destroy(),
    },
    {
      name: "tinypool",
      increment: (n) => tinypool.run(n, { name: "increment" }),
      spin: () => tinypool.run(undefined, { name: "spin" }),
      length: (bytes) => tinypool.run(bytes, { name: "length", transferList: [bytes.buffer] }),
      stop: () => tinypool.destroy(),
    },
    {
      name: "workerpool",
      increment: (n) => wp.exec("increment", [n]),
      spin: () => wp.exec("spin", []),
      length: (bytes) => wp.exec("length", [bytes], { transfer: [bytes.buffer] }),
      stop: () => wp.terminate(true),
    },
    {
      name: "poolifier",
      increment: (n) => poolifier.execute(n, "increment"),
      spin: () => poolifier.execute(undefined, "spin"),
      length: (bytes) => poolifier.execute(bytes, "length", undefined, [bytes.buffer]),
      stop: () => poolifier.destroy(),
    },
    {
      name: "comlink",
      increment: (n) => remote().increment(n),
      spin: () => remote().spin(),
      length: (bytes) => remote().length(transfer(bytes, [bytes.buffer])),
      stop: () => threads.map((thread) => thread.terminate()),
    },
  ];
}
