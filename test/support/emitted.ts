interface Emitter {
  once(event: string, listener: (...args: unknown[]) => void): unknown;
}

/**
 * The arguments of an event's next coming. Unlike node:events' once(), an 'error' that comes before
 * does not matter.
 */
export function emitted<T extends readonly unknown[] = unknown[]>(
  emitter: Emitter,
  event: string,
): Promise<T> {
  return new Promise((resolve) => {
    emitter.once(event, (...args) => resolve(args as unknown as T));
  });
}
