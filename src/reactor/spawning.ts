/**
 * spawnProcess, made from what a backend can do: start a process. The rules on protocols and their
 * children are here and in `child-process.ts`, so that they are the same on every backend.
 */
import { BadOptionError } from "../core/errors.ts";
import { Deferred } from "../defer/deferred.ts";
import type { Failure } from "../defer/failure.ts";
import { fail } from "../defer/fired.ts";
import type { Loop } from "./backend.ts";
import type { DelayedCall } from "./capabilities.ts";
import { ChildProcess } from "./child-process.ts";
import { ConnectionLostError, ReactorNotRunningError } from "./errors.ts";
import type { ChildHandle, ProcessDriver, SpawnRequest } from "./process-driver.ts";
import type {
  ChildFD,
  ProcessReceiver,
  ProcessTransport,
  ReactorProcess,
  SpawnOptions,
} from "./processes.ts";
import { whenRunning } from "./when-running.ts";

/** When all who could write to them are killed, pipes have so long to be read to their ends. */
const PIPES_SECONDS = 1;
const STANDARD_FDS: Readonly<Record<number, ChildFD>> = { 0: "w", 1: "r", 2: "r" };

/** The capability "process" of a backend that can start them. */
export class Processes implements ReactorProcess {
  readonly #loop: Loop;
  readonly #driver: ProcessDriver;
  readonly #opening = new Set<Deferred<unknown>>();
  readonly #children = new Set<ChildProcess>();
  /** While everything is disconnected: nothing new is begun. */
  #emptied: Deferred<void> | undefined = undefined;
  #deadline: DelayedCall | undefined = undefined;
  /** Those whose trees are being ended: what they started may outlive them. */
  readonly #ending = new Set<ChildProcess>();

  constructor(loop: Loop, driver: ProcessDriver) {
    this.#loop = loop;
    this.#driver = driver;
  }

  spawnProcess(
    protocol: ProcessReceiver,
    command: string,
    options: SpawnOptions = {},
  ): Deferred<ProcessTransport> {
    const request = spawnRequest(command, options);
    if (this.#emptied !== undefined) return fail(new ReactorNotRunningError());
    let started: ChildHandle | undefined;
    const closed = this.#loop.opened("process", () =>
      started === undefined ? `${command}, to be started` : `${command}, pid ${started.pid}`,
    );
    const opening = whenRunning(this.#loop, () => this.#driver.spawn(request));
    this.#opening.add(opening);
    const forget = <R>(result: R): R => {
      this.#opening.delete(opening);
      return result;
    };
    return opening
      .addCallbacks(forget, (failure: Failure) => {
        closed();
        return forget(failure);
      })
      .addCallback((handle) => {
        started = handle;
        return this.#start(handle, request, protocol, closed);
      });
  }

  /**
   * Ends the tree of every child, with `drainSeconds` between TERM and KILL; fires when each
   * protocol has been told.
   */
  disconnectAll(): Deferred<void> {
    const emptied = (this.#emptied = new Deferred<void>());
    for (const opening of this.#opening) opening.cancel();
    const { drainSeconds } = this.#loop;
    for (const child of new Set([...this.#children, ...this.#ending])) child.endTree(drainSeconds);
    if (drainSeconds < Infinity) {
      this.#deadline = this.#loop.callLater(drainSeconds + PIPES_SECONDS, () => this.#cutOffAll());
    }
    this.#checkEmpty();
    return emptied;
  }

  /** The run has ended: what comes now is for the next one. */
  reopen(): void {
    if (this.#deadline?.active === true) this.#deadline.cancel();
    this.#emptied = this.#deadline = undefined;
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
    if (this.#emptied === undefined || this.#emptied.called) return;
    if (this.#children.size + this.#ending.size > 0) return;
    if (this.#deadline?.active === true) this.#deadline.cancel();
    this.#emptied.callback();
  }
}

/** What users ask for, checked. */
function spawnRequest(command: string, options: SpawnOptions): SpawnRequest {
  const { args = [], env, cwd, uid, gid, processGroup = true } = options;
  for (const text of [command, ...args, cwd ?? ""]) {
    if (!text.includes("\0")) continue;
    throw new BadOptionError(
      `a command and its arguments are without NUL: ${JSON.stringify(text)}`,
    );
  }
  if (command === "") throw new BadOptionError("a command must have a name");
  for (const [name, id] of Object.entries({ uid, gid })) {
    if (id === undefined || (Number.isInteger(id) && id >= 0)) continue;
    throw new BadOptionError(`${name} must be a whole number from 0, not ${id}`);
  }
  const childFDs = new Map(
    Object.entries(options.childFDs ?? STANDARD_FDS).map(([key, kind]) => checkedFD(key, kind)),
  );
  return { command, args: [...args], env, cwd, uid, gid, childFDs, processGroup };
}

function checkedFD(key: string, kind: ChildFD): [number, ChildFD] {
  const childFD = Number(key);
  if (!Number.isInteger(childFD) || childFD < 0 || childFD > 255) {
    throw new BadOptionError(`"${key}" is not a descriptor of a child (a number from 0 to 255)`);
  }
  const valid =
    typeof kind === "number" ? Number.isInteger(kind) && kind >= 0 : /^[rw]$/.test(kind);
  if (!valid) {
    throw new BadOptionError(`a descriptor of a child is "r", "w" or a number, not "${kind}"`);
  }
  if (childFD === 0 && kind === "r") {
    throw new BadOptionError("descriptor 0 of a child can only be written to");
  }
  return [childFD, kind];
}
