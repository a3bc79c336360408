/** What tests find in Node and not in a page, in terms of what a page has. For the tests alone. */
type Listener = (value: unknown) => void;

interface RejectionEvent {
  readonly reason: unknown;
  preventDefault(): void;
  stopImmediatePropagation(): void;
}

declare function addEventListener(type: string, listener: (event: RejectionEvent) => void): void;

const listeners = new Set<Listener>();
addEventListener("unhandledrejection", (event) => {
  // Handled: mocha would take it for a failure of its own.
  event.preventDefault();
  event.stopImmediatePropagation();
  for (const listener of listeners) listener(event.reason);
});

/** Of Node's `process`: the rejections that nobody handles. */
export const process = {
  on: (_event: "unhandledRejection", listener: Listener) => void listeners.add(listener),
  off: (_event: "unhandledRejection", listener: Listener) => void listeners.delete(listener),
};

const channel = new MessageChannel();
const immediates: (() => void)[] = [];
Object.assign(channel.port1, { onmessage: () => immediates.shift()?.() });

/** Calls it behind all microtasks. */
export function setImmediate<A extends unknown[]>(f: (...args: A) => void, ...args: A): void {
  immediates.push(() => f(...args));
  channel.port2.postMessage(undefined);
}
