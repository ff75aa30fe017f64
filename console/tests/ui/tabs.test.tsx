import "../frame/browser.ts";

import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, expect, test } from "vitest";

import { Tabs } from "../../src/ui/Tabs.tsx";

afterEach(cleanup);

function Three() {
  const [selected, setSelected] = useState("one");
  const tabs = ["one", "two", "three"].map((id) => ({ id, label: id, content: `about ${id}` }));
  return <Tabs label="Parts" tabs={tabs} selected={selected} onSelect={setSelected} />;
}

function shown(): (string | null)[] {
  const selected = screen.getByRole("tab", { selected: true });
  return [selected.textContent, screen.getByRole("tabpanel").textContent];
}

test("a click and the keys lead from tab to tab, and around", async () => {
  render(<Three />);
  const user = userEvent.setup();
  expect(shown()).toEqual(["one", "about one"]);
  await user.click(screen.getByRole("tab", { name: "two" }));
  const seen: unknown[] = [];
  for (const key of ["{ArrowRight}", "{ArrowRight}", "{ArrowLeft}", "{Home}", "{End}"]) {
    await user.keyboard(key);
    seen.push(shown()[0]);
    expect(document.activeElement).toBe(screen.getByRole("tab", { selected: true }));
  }
  expect(seen).toEqual(["three", "one", "three", "one", "three"]);
  expect(shown()).toEqual(["three", "about three"]);
});

test("one tab alone is a stop of the Tab key, and the panel the next", async () => {
  render(<Three />);
  const user = userEvent.setup();
  await user.tab();
  expect(document.activeElement).toBe(screen.getByRole("tab", { name: "one" }));
  await user.tab();
  expect(document.activeElement).toBe(screen.getByRole("tabpanel"));
});
