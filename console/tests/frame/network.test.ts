import { QueryClient } from "@tanstack/react-query";
import { RuncastError, Unreachable } from "runcast";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { waitForServer, watchNetwork } from "../../src/layout/network.ts";

async function told(queryFn: () => Promise<unknown>): Promise<boolean[]> {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const heard: boolean[] = [];
  const stop = watchNetwork(queries, (isReached) => heard.push(isReached));
  await queries.fetchQuery({ queryKey: ["a"], queryFn }).catch(() => undefined);
  stop();
  return heard;
}

describe("the network, as requests meet it", () => {
  test("an answer says that the server is there", async () => {
    expect((await told(async () => 1)).at(-1)).toBe(true);
  });

  test("a refusal says so as well", async () => {
    expect((await told(() => Promise.reject(new RuncastError(403, {})))).at(-1)).toBe(true);
  });

  test("a proxy that answers in its place says that it is not, and its own failure that it is", async () => {
    const between = new RuncastError(502, {});
    const own = new RuncastError(503, { code: "unavailable" });
    expect((await told(() => Promise.reject(between))).at(-1)).toBe(false);
    expect((await told(() => Promise.reject(own))).at(-1)).toBe(true);
  });

  test("no answer says that it is not", async () => {
    expect((await told(() => Promise.reject(new Unreachable(null)))).at(-1)).toBe(false);
  });
});

describe("waiting for the server", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("tells once, when it answers", async () => {
    const ask = vi
      .fn<() => Promise<unknown>>()
      .mockRejectedValueOnce(new Error("no"))
      .mockResolvedValue(1);
    const back = vi.fn();
    waitForServer(ask, 1000, back);
    await vi.advanceTimersByTimeAsync(1000);
    expect(back).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(5000);
    expect(back).toHaveBeenCalledOnce();
  });

  test("tells nothing once it is stopped, even if an answer was on its way", async () => {
    let answer: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const back = vi.fn();
    const stop = waitForServer(() => asked, 1000, back);
    await vi.advanceTimersByTimeAsync(1000);
    stop();
    answer?.();
    await vi.advanceTimersByTimeAsync(5000);
    expect(back).not.toHaveBeenCalled();
  });
});
