/**
 * The weather stations that the tutorial asks: `npx reactor examples/tutorial/stations.ts`.
 *
 * Each listens on a port of its own. To any line it answers with a number, after a while, and closes
 * the connection.
 */
import { defineDaemon, Factory, gatherResults, LineReceiver, type Reactor } from "skein";

export const STATIONS = [
  { name: "harbour", reading: 12.5, seconds: 0.3 },
  { name: "ridge", reading: 3, seconds: 0.4 },
  { name: "meadow", reading: 9.1, seconds: 0.2 },
] as const;

/** Listens on `firstPort` and those behind it; on free ports if that is 0. */
export const serveStations = (reactor: Reactor<"tcp">, firstPort: number) =>
  gatherResults(
    STATIONS.map(({ reading, seconds }, i) => {
      class Station extends LineReceiver {
        override delimiter = "\n";
        override lineReceived(): void {
          reactor.callLater(seconds, () => {
            this.sendLine(String(reading));
            this.transport.loseConnection();
          });
        }
      }
      const port = firstPort === 0 ? 0 : firstPort + i;
      return reactor.listenTCP(port, Factory.forProtocol(Station), { interface: "127.0.0.1" });
    }),
  );

export default defineDaemon({
  summary: "Weather stations for the tutorial.",
  options: { port: { type: "integer", default: 7201, help: "the first of their ports" } },
  build: (reactor: Reactor<"tcp">, { port }) => serveStations(reactor, port),
});
