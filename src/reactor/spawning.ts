/**
 * spawnProcess, made from what a backend can do: start a process. The rules on protocols and their
 * children are here and in `child-process.ts`, so that they are the same on every backend.
 */
import { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { fail } from "../defer/fired.ts";
import type { Loop } from "./backend.ts";
import { ChildProcess } from "./child-process.ts";
import { Closing } from "./closing.ts";
import { ConnectionLostError, ReactorNotRunningError } from "./errors.ts";
import { Openings } from "./openings.ts";
import type { ChildHandle, ProcessDriver, SpawnRequest } from "./process-driver.ts";
import { NoTerminalsError } from "./process-errors.ts";
import type {
  ProcessReceiver,
  ProcessTransport,
  ReactorProcess,
  SpawnOptions,
} from "./processes.ts";
import { spawnRequest } from "./spawn-checks.ts";

/** When all who could write to them are killed, pipes have so long to be read to their ends. */
const PIPES_SECONDS = 1;

/** The capability "process" of a backend that can start them. */
export class Processes implements ReactorProcess {
  readonly #loop: Loop;
  readonly #driver: ProcessDriver;
  readonly #openings: Openings;
  readonly #children = new Set<ChildProcess>();
  /** While everything is disconnected: nothing new is begun. */
  readonly #closing: Closing;
  /** Those whose trees are being ended: what they started may outlive them. */
  readonly #ending = new Set<ChildProcess>();

  constructor(loop: Loop, driver: ProcessDriver) {
    this.#loop = loop;
    this.#openings = new Openings(loop);
    this.#closing = new Closing(loop);
    this.#driver = driver;
  }

  spawnProcess(
    protocol: ProcessReceiver,
    command: string,
    options: SpawnOptions = {},
  ): Deferred<ProcessTransport> {
    const request = spawnRequest(command, options);
    if (this.#closing.begun) return fail(new ReactorNotRunningError());
    if (request.terminal !== undefined && this.#driver.hasTerminals !== true) {
      const what = `cannot start "${command}" in a terminal`;
      return fail(new NoTerminalsError(`${what}: this backend has none`));
    }
    let started: ChildHandle | undefined;
    const closed = this.#loop.opened("process", () =>
      started === undefined ? `${command}, to be started` : `${command}, pid ${started.pid}`,
    );
    return this.#openings
      .begin(() => this.#driver.spawn(request))
      .addCallbacks(
        (handle) => {
          started = handle;
          return this.#start(handle, request, protocol, closed);
        },
        (failure: Failure) => {
          closed();
          return failure;
        },
      );
  }

  /**
   * Ends the tree of every child, with `drainSeconds` between TERM and KILL; fires when each
   * protocol has been told.
   */
  disconnectAll(): Deferred<void> {
    const { drainSeconds } = this.#loop;
    const emptied = this.#closing.begin(drainSeconds + PIPES_SECONDS, () => this.#cutOffAll());
    this.#openings.cancelAll();
    for (const child of new Set([...this.#children, ...this.#ending])) child.endTree(drainSeconds);
    this.#checkEmpty();
    return emptied;
  }

  /** The run has ended: what comes now is for the next one. */
  reopen(): void {
    this.#closing.reopen();
  }

  #start(
    handle: ChildHandle,
    request: SpawnRequest,
    protocol: ProcessReceiver,
    closed: () => void,
  ): ProcessTransport | Deferred<never> {
    const ended = new Deferred<void>();
    const child = new ChildProcess({
      loop: this.#loop,
      handle,
      request,
      protocol: this.#loop.timed("process protocol", protocol),
      treeEnding: () => this.#ending.add(child),
      treeEnded: () => {
        this.#ending.delete(child);
        this.#checkEmpty();
      },
      closed: () => {
        this.#children.delete(child);
        closed();
        ended.callback();
        this.#checkEmpty();
      },
    });
    this.#children.add(child);
    try {
      child.start();
      return child;
    } catch (error) {
      return ended.addCallback(() => fail(error));
    }
  }

  #cutOffAll(): void {
    const error = new ConnectionLostError("the reactor has stopped, and nobody read to the end");
    for (const child of this.#children) child.cutOff(error);
  }

  #checkEmpty(): void {
    if (this.#children.size + this.#ending.size === 0) this.#closing.done();
  }
}
