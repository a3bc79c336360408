/** The third way: a thread for each station, in each of which the first program's `ask` waits. */
import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { ask } from "./ask.ts";
import { report, type Station, stationsFrom } from "./report.ts";

async function askInThread(station: Station): Promise<number | undefined> {
  const thread = new Worker(new URL(import.meta.url), { workerData: station });
  const [reading] = (await once(thread, "message")) as [number | undefined];
  return reading;
}

if (isMainThread) {
  const stations = stationsFrom(process.argv.slice(2));
  const readings = await Promise.all(stations.map((station) => askInThread(station)));
  console.log(report(stations, readings));
} else {
  parentPort?.postMessage(ask(workerData as Station));
}
