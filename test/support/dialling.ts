/** Reactors on clock whose connects fare as a script says, by address; they note each attempt. */
import { Deferred } from "skein/defer";
import {
  type Backend,
  backends,
  ClockWorld,
  ConnectionRefusedError,
  createReactor,
  type DialRequest,
  type Loop,
  Names,
  type Reactor,
  type SimulatedName,
  type StreamConnection,
  type StreamKind,
  Streams,
} from "skein/reactor";

/** What becomes of an attempt at an address, so many seconds after it began. */
export interface Fate {
  readonly ends: "connects" | "refused" | "never";
  readonly after?: number;
}

export interface Dialling {
  readonly reactor: Reactor<"tcp" | "names" | "clock">;
  /** `TIME dial ADDRESS`, `TIME given up ADDRESS`, in order. */
  readonly log: string[];
  /** Errors that the reactor reported. */
  readonly errors: unknown[];
}

export function dialling(
  names: Readonly<Record<string, SimulatedName>>,
  fates: Readonly<Record<string, Fate>>,
): Dialling {
  const log: string[] = [];
  const errors: unknown[] = [];
  const backend: Backend<"tcp" | "names" | "clock"> = {
    name: "scripted",
    summary: "the clock, with connects by a script",
    capabilities: ["tcp", "names", "clock"],
    open: (loop) => open(loop, new ClockWorld({ names }), fates, log),
  };
  const reactor = createReactor(backend, { onError: (error) => errors.push(error) });
  return { reactor, log, errors };
}

function open(
  loop: Loop,
  world: ClockWorld,
  fates: Readonly<Record<string, Fate>>,
  log: string[],
): ReturnType<Backend<"tcp" | "names" | "clock">["open"]> {
  const driver = backends.clock.open(loop, { world });
  const network = world.network.reportingTo(() => {});
  const note = (what: string): number => log.push(`${Number(world.seconds().toFixed(6))} ${what}`);

  const dial = (request: DialRequest): Deferred<StreamConnection> => {
    const host = request.kind === "tcp" ? request.host : request.name;
    const { ends, after = 0 } = fates[host] ?? { ends: "refused" };
    note(`dial ${host}`);
    let inner: Deferred<StreamConnection> | undefined;
    const dialled = new Deferred<StreamConnection>(() => {
      note(`given up ${host}`);
      happening?.cancel();
      inner?.cancel();
    });
    const happening =
      ends === "never"
        ? undefined
        : world.happenings.add(after, () => {
            if (ends === "refused") {
              dialled.errback(new ConnectionRefusedError(`nobody listens on ${host}`));
              return;
            }
            inner = network.dial(request);
            inner.addBoth((result) => dialled.callback(result));
          });
    return dialled;
  };
  const names = new Names(loop, world.names);
  const streams = new Streams<StreamKind>(
    loop,
    { listen: (request, accept) => network.listen(request, accept), dial },
    names,
  );
  return {
    tcp: streams,
    names,
    clock: driver.clock,
    endsTurns: true,
    seconds: () => driver.seconds(),
    wakeAt: () => {},
    started: () => driver.started(),
    sleep() {
      driver.sleep();
      streams.reopen();
      names.reopen();
    },
    disconnectAll() {
      names.disconnectAll();
      return streams.disconnectAll();
    },
  };
}
