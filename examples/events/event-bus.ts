/**
 * Events as the only thing that parts of a program know of one another: who fires one does not know
 * who handles it. There is one queue; what handlers fire comes behind what is in it.
 */
import { Deferred, gatherResults, maybeDeferred, type Reactor } from "skein";

/** A kind of event: a class, whose instances carry what is to be known. */
export type EventKind<E extends object = object> = new (...args: never[]) => E;

type Handler = (event: object) => unknown;

interface Fired {
  readonly event: object;
  readonly handled: Deferred<unknown[]>;
}

export class EventBus {
  readonly #reactor: Reactor;
  readonly #handlers: { readonly kinds: readonly EventKind[]; readonly handle: Handler }[] = [];
  readonly #queue: Fired[] = [];

  constructor(reactor: Reactor) {
    this.#reactor = reactor;
  }

  /** Has events of a kind, or of several, handled by `handle`; `Object` is any kind. */
  on<E extends object>(
    kinds: EventKind<E> | readonly EventKind<E>[],
    handle: (event: E) => unknown,
  ): void {
    const all = Array.isArray(kinds) ? kinds : [kinds];
    this.#handlers.push({ kinds: all as EventKind[], handle: handle as Handler });
  }

  /** Has a component's methods handle the events of their names: `hello()` those of a `Hello`. */
  register(component: object): void {
    this.on(Object, (event) => {
      const { name } = event.constructor;
      const method: unknown = Reflect.get(component, name[0]?.toLowerCase() + name.slice(1));
      return typeof method === "function" ? (method.call(component, event) as unknown) : undefined;
    });
  }

  /**
   * Puts an event into the queue. Fires with what its handlers have returned, in their order, when
   * all are done; one that fails is reported, and the others go on.
   */
  fire(event: object): Deferred<unknown[]> {
    const handled = new Deferred<unknown[]>();
    if (this.#queue.push({ event, handled }) === 1) {
      this.#reactor.callLater(0, () => this.#flush());
    }
    return handled;
  }

  #flush(): void {
    // What is fired meanwhile comes in the next turn.
    for (const { event, handled } of this.#queue.splice(0)) {
      const results = this.#handlers
        .filter(({ kinds }) => kinds.some((kind) => event instanceof kind))
        .map(({ handle }) =>
          maybeDeferred(() => handle(event)).addErrback((failure) => {
            this.#reactor.reportError(failure.value, `handling a ${event.constructor.name}`);
          }),
        );
      gatherResults(results).addCallback((values) => handled.callback(values));
    }
  }
}
