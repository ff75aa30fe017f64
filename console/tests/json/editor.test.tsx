import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";

import { JsonEditor } from "../../src/json/JsonEditor.tsx";

afterEach(cleanup);

const LARGE = JSON.stringify(Array(100_000).fill(1), null, 2);

test("very much text is shown as it begins, until somebody wants to edit it all the same", () => {
  render(<JsonEditor label="Metadata" value={LARGE} onChange={() => undefined} />);
  expect(screen.getByRole("region", { name: "Metadata" }).textContent).toBe(LARGE.slice(0, 20_000));
  fireEvent.click(screen.getByRole("button", { name: "Edit all the same" }));
  expect(screen.queryByRole("region", { name: "Metadata" })).toBeNull();
});

test("any other text is edited at once", () => {
  render(<JsonEditor label="Metadata" value="{}" onChange={() => undefined} />);
  expect(screen.queryByText(/this is its beginning/)).toBeNull();
});
