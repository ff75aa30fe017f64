// One at a time, over all tabs of a browser (Web Locks), or within one process where there are none.

export interface Locks {
  /** Runs the work while nobody else holds the name; it is told whether it had to wait for that. */
  request<T>(name: string, work: (waited: boolean) => Promise<T>): Promise<T>;
}

export function defaultLocks(): Locks {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  return locks === undefined || typeof document === "undefined"
    ? processLocks()
    : browserLocks(locks);
}

export function browserLocks(locks: LockManager): Locks {
  return {
    async request(name, work) {
      const atOnce = await locks.request(name, { ifAvailable: true }, async (lock) =>
        lock === null ? null : { result: await work(false) },
      );
      if (atOnce !== null) return atOnce.result;
      return locks.request(name, () => work(true));
    },
  };
}

const tails = new Map<string, Promise<unknown>>();

/** All of a process share the names. */
export function processLocks(): Locks {
  return {
    async request(name, work) {
      const before = tails.get(name);
      const mine = before === undefined ? work(false) : before.then(() => work(true));
      const tail = mine.then(ignore, ignore);
      tails.set(name, tail);
      try {
        return await mine;
      } finally {
        if (tails.get(name) === tail) tails.delete(name);
      }
    },
  };
}

function ignore(): void {
  // Who waits for the lock does not care how the work before it ended.
}
