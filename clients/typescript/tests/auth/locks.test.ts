// The lock over tabs, by the browser's own and by the stand-in within a process.

import { describe, expect, test } from "vitest";

import { browserLocks, type Locks, processLocks } from "../../src/auth/locks.js";
import { deferred } from "../tools/deferred.js";

/** What `navigator.locks` does, as far as it is used. */
function lockManager(): LockManager {
  const held = new Map<string, Promise<unknown>>();
  const run = async (name: string, work: (lock: unknown) => Promise<unknown>): Promise<unknown> => {
    const result = work({ name });
    held.set(name, result);
    try {
      return await result;
    } finally {
      held.delete(name);
    }
  };
  const request = async (name: string, ...rest: unknown[]): Promise<unknown> => {
    const work = rest.at(-1) as (lock: unknown) => Promise<unknown>;
    if (!held.has(name)) return run(name, work);
    if (rest.length > 1) return work(null);
    while (held.has(name)) await held.get(name)?.catch(() => undefined);
    return run(name, work);
  };
  return { request, query: () => Promise.resolve({}) } as unknown as LockManager;
}

const KINDS: [string, () => Locks][] = [
  ["the browser's", () => browserLocks(lockManager())],
  ["the process's", processLocks],
];

describe.each(KINDS)("%s lock", (kind, make) => {
  test("lets one work at a time, and tells who had to wait", async () => {
    const locks = make();
    const first = deferred<string>();
    const seen: string[] = [];
    const one = locks.request(kind, (waited) => {
      seen.push(`one ${waited}`);
      return first.promise;
    });
    const other = locks.request(kind, async (waited) => {
      seen.push(`other ${waited}`);
      return "b";
    });
    await Promise.resolve();
    expect(seen).toEqual(["one false"]);
    first.resolve("a");
    expect(await Promise.all([one, other])).toEqual(["a", "b"]);
    expect(seen).toEqual(["one false", "other true"]);
  });

  test("is let go by work that fails", async () => {
    const locks = make();
    const failing = locks.request(kind, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(await locks.request(kind, (waited) => Promise.resolve(waited))).toBe(false);
  });

  test("keeps names apart", async () => {
    const locks = make();
    const never = locks.request(`${kind} a`, () => new Promise(() => undefined));
    expect(await locks.request(`${kind} b`, (waited) => Promise.resolve(waited))).toBe(false);
    expect(never).toBeInstanceOf(Promise);
  });
});
