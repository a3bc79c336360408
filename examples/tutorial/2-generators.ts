/** The second way: a generator for each station, which yields where it would wait. */
import { connect } from "node:net";
import { readingIn, report, type Station, stationsFrom } from "./report.ts";

/** Something that takes time: it is begun, and calls back at its end. */
type Waiting = (done: (answer: string) => void) => void;
type Task = Generator<Waiting, number | undefined, string>;

/** Sends a line, and gives all that comes until the connection ends; nothing, if it fails. */
function talk(port: number, line: string): Waiting {
  return (done) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(line));
    socket.setTimeout(5000, () => socket.destroy());
    socket.on("data", (data) => (answer += data.toString()));
    socket.on("error", () => {});
    socket.on("close", () => done(answer));
  };
}

function* ask({ port }: Station): Task {
  const answer = yield talk(port, "read\n");
  return readingIn(answer);
}

/** The whole scheduler: goes on with a task whenever what it waits for has ended. */
function run(task: Task, ended: (reading: number | undefined) => void): void {
  const step = (answer: string): void => {
    const { done, value } = task.next(answer);
    if (done) ended(value);
    else value(step);
  };
  step("");
}

const stations = stationsFrom(process.argv.slice(2));
const readings: (number | undefined)[] = [];
let left = stations.length;
stations.forEach((station, i) => {
  run(ask(station), (reading) => {
    readings[i] = reading;
    if (--left === 0) console.log(report(stations, readings));
  });
});
