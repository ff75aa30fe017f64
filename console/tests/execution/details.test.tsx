import { cleanup, screen, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { Details } from "../../src/execution/details/Details.tsx";
import { Script } from "./events.ts";
import { drawPart, EXECUTION } from "./parts.tsx";

vi.mock("../../src/useUser.ts", () => ({ useUser: () => ({ id: "u1", is_admin: false }) }));

afterEach(cleanup);

test("the last states of many tell their time since the first of all", async () => {
  const script = new Script();
  const events = Array.from({ length: 60 }, (_, place) =>
    script.event(place % 2 === 0 ? "execution.started" : "execution.waiting", {}, { at: place }),
  );
  drawPart(<Details execution={EXECUTION} />, { events });
  const states = within(await screen.findByRole("region", { name: "States" }));
  expect(states.getByText("The last 50:")).toBeTruthy();
  const rows = states.getAllByRole("listitem");
  expect(rows).toHaveLength(50);
  expect([rows[0]?.textContent, rows.at(-1)?.textContent]).toEqual([
    expect.stringMatching(/^10 s/),
    expect.stringMatching(/^59 s/),
  ]);
});
