import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { open, pageOf, queries, serve, SIGNED_IN } from "../frame/pages.tsx";

const HANDLER = {
  name: "sweep",
  description: "Sweeps.",
  version: null,
  live: true,
  input_schema: {
    type: "object",
    properties: { limits: { title: "Limits", default: { a: 1 } } },
    required: ["limits"],
  },
};

const LOST = () => Promise.reject(new TypeError("lost"));

beforeEach(() => queries.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function starts(asked: Request[]): Request[] {
  return asked.filter(({ method, url }) => method === "POST" && url.endsWith("/api/executions"));
}

async function opened(answer: unknown) {
  const asked = serve({
    ...SIGNED_IN,
    "GET /api/handlers": pageOf(HANDLER),
    "GET /api/teams": pageOf(),
    "POST /api/executions": answer,
  });
  open("/handlers/sweep");
  const limits = await screen.findByRole("textbox", { name: "Limits" }, { timeout: 5000 });
  const user = userEvent.setup();
  const press = () => user.click(screen.getByRole("button", { name: "Start" }));
  const type = async (text: string) => {
    await user.clear(limits);
    await user.click(limits);
    await user.paste(text);
  };
  return { asked, limits, press, type };
}

test("input that cannot be read is not sent, and the form leads to it", async () => {
  const { asked, limits, press, type } = await opened(503);
  await type('{"a": 2');
  await press();
  expect(starts(asked)).toEqual([]);
  expect(document.activeElement).toBe(limits);
  expect(limits.getAttribute("aria-invalid")).toBe("true");
  await type('{"a": 2}');
  await press();
  await waitFor(() => expect(starts(asked)).toHaveLength(1));
  expect(await starts(asked)[0]?.json()).toEqual({
    handler: "sweep",
    input: { limits: { a: 2 } },
  });
});

test("a start whose answer was lost is sent again under its key", async () => {
  const { asked, press, type } = await opened(LOST);
  const keys = () => new Set(starts(asked).map(({ headers }) => headers.get("Idempotency-Key")));
  for (const count of [1, 2]) {
    await press();
    await waitFor(() => expect(starts(asked)).toHaveLength(count));
    await screen.findByText("The server cannot be reached");
  }
  expect(keys().size).toBe(1);
  expect(keys().has(null)).toBe(false);
  await type('{"a": 2}');
  await press();
  await waitFor(() => expect(starts(asked)).toHaveLength(3));
  expect(keys().size).toBe(2);
});
