/** The fourth way: a coroutine for each station, on a reactor. */
import { ConnectError, ConnectionDoneError, ConnectionLostError, TimeoutError } from "skein";
import { connectProtocol, createReactor, gatherResults, inlineCallbacks, Lines } from "skein";
import { type Reactor, react, TCPClientEndpoint } from "skein";
import { readingIn, report, type Station, stationsFrom } from "./report.ts";

const talk = inlineCallbacks(function* (reactor: Reactor<"tcp">, { port }: Station) {
  const station = new TCPClientEndpoint(reactor, "127.0.0.1", port);
  const lines = yield* connectProtocol(station, new Lines({ delimiter: "\n" }));
  try {
    lines.transport.write("read\n");
    return readingIn(yield* lines.receive());
  } finally {
    lines.transport.abortConnection(); // also when it is cancelled
  }
});

/** How a station fails; any other error is a fault of this program. */
const NO_ANSWER = [ConnectError, ConnectionDoneError, ConnectionLostError, TimeoutError];

const ask = (reactor: Reactor<"tcp">, station: Station) =>
  talk(reactor, station)
    .addTimeout(5, reactor)
    .addErrback((failure) => {
      failure.trap(...NO_ANSWER);
      return undefined;
    });

export const main = inlineCallbacks(function* (
  reactor: Reactor<"tcp">,
  stations: readonly Station[],
) {
  const readings = yield* gatherResults(stations.map((station) => ask(reactor, station)));
  console.log(report(stations, readings));
});

// Unless a test has imported it.
if (process.argv[1]?.includes("4-reactor")) {
  const stations = stationsFrom(process.argv.slice(2));
  await react(main, { reactor: createReactor("libuv"), process, args: [stations] });
}
