// Several tasks run side by side until the first of them ends.

export type Task<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Runs all, returns (or throws) what the first to end did, and aborts the others. Of several that
 * end in the same turn the one named first counts. The signal ends them all.
 */
export async function firstToEnd<T>(signal: AbortSignal, ...tasks: Task<T>[]): Promise<T> {
  signal.throwIfAborted();
  const inner = new AbortController();
  const abort = (): void => inner.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([...tasks.map((task) => task(inner.signal)), aborted(inner.signal)]);
  } finally {
    signal.removeEventListener("abort", abort);
    inner.abort();
  }
}

/** Rejects when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
