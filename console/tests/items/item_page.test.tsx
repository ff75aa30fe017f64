import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { ADA, open, pageOf, queries, serve, SIGNED_IN } from "../frame/pages.tsx";

const AT = "2026-01-01T12:00:00Z";
const ITEM = {
  id: "019b7603-7d80-7000-8000-3d3b2e6c1f5a",
  name: "First",
  handler: null,
  visibility: "private",
  metadata: {},
  owner_id: ADA.id,
  team_id: null,
  version: 1,
  created_at: AT,
  updated_at: AT,
};

beforeEach(() => queries.clear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function saving(before: string, during: string) {
  const answers: ((item: unknown) => void)[] = [];
  const asked = serve({
    ...SIGNED_IN,
    "GET /api/handlers": pageOf(),
    "GET /api/executions": pageOf(),
    [`GET /api/items/${ITEM.id}`]: ITEM,
    [`PUT /api/items/${ITEM.id}`]: () => new Promise((resolve) => answers.push(resolve)),
  });
  open(`/items/${ITEM.id}`);
  const name = await screen.findByRole<HTMLInputElement>(
    "textbox",
    { name: "Name" },
    { timeout: 5000 },
  );
  const user = userEvent.setup();
  const type = async (words: string) => {
    await user.clear(name);
    await user.type(name, words);
  };
  await type(before);
  await user.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(asked.some(({ method }) => method === "PUT")).toBe(true));
  if (during !== before) await type(during);
  answers[0]?.({ ...ITEM, name: before, version: 2 });
  await screen.findByRole("heading", { name: before });
  return { asked, name, user };
}

test("what is typed while an item is saved stays, to be saved against what was", async () => {
  const { asked, name, user } = await saving("Second", "Second and more");
  const save = screen.getByRole<HTMLButtonElement>("button", { name: "Save" });
  await waitFor(() => expect(save.getAttribute("aria-disabled")).not.toBe("true"));
  expect(name.value).toBe("Second and more");
  await user.click(save);
  await waitFor(() => expect(asked.filter(({ method }) => method === "PUT")).toHaveLength(2));
  const last = asked.findLast(({ method }) => method === "PUT");
  expect(last?.headers.get("If-Match")).toBe('"2"');
});

test("what was there before and is typed again while it is saved stays as well", async () => {
  const { name } = await saving("Second", "First");
  await waitFor(() =>
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(false),
  );
  expect(name.value).toBe("First");
});
