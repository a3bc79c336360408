/** The first way: ask one station, wait, ask the next. */
import { ask } from "./ask.ts";
import { report, stationsFrom } from "./report.ts";

const stations = stationsFrom(process.argv.slice(2));
const readings = stations.map((station) => ask(station));
console.log(report(stations, readings));
