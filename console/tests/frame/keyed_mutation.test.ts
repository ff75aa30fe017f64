import "./browser.ts";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook } from "@testing-library/react";
import { createElement, type ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { type KeyHeaders, useKeyedMutation } from "../../src/keyed_mutation.ts";

const send = vi.fn<(wanted: unknown, headers: KeyHeaders) => Promise<string>>();

afterEach(cleanup);
beforeEach(() => void send.mockReset().mockResolvedValue("done"));

function form() {
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) =>
    createElement(QueryClientProvider, { client }, children);
  const { result } = renderHook(() => useKeyedMutation({ send }), { wrapper });
  return (wanted: unknown) =>
    act(() => result.current.mutateAsync(wanted).catch((error: unknown) => error));
}

function keys(): string[] {
  return send.mock.calls.map(([, headers]) => headers["Idempotency-Key"]);
}

test("what is sent again because no answer came has the key that it had", async () => {
  const press = form();
  send.mockRejectedValueOnce(new TypeError("lost")).mockRejectedValueOnce(new TypeError("lost"));
  await press({ rates: [1, 2] });
  await press({ rates: [1, 2] });
  await press({ rates: [1, 2] });
  expect(new Set(keys()).size).toBe(1);
  expect(send).toHaveBeenCalledTimes(3);
});

test("what has been changed is sent under another key: the server refuses two under one", async () => {
  const press = form();
  send.mockRejectedValueOnce(new TypeError("lost"));
  await press({ rates: [1] });
  await press({ rates: [2] });
  expect(new Set(keys()).size).toBe(2);
});

test("what has succeeded and is wanted once more counts once more", async () => {
  const press = form();
  await press(undefined);
  await press(undefined);
  expect(new Set(keys()).size).toBe(2);
});
