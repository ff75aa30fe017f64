import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { Part } from "../../src/ui/Part.tsx";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function Broken(): never {
  throw new Error("no");
}

test("what cannot be drawn is told in its place, and the rest goes on", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  render(
    <>
      <Part>
        <Broken />
      </Part>
      <Part fallback={null}>
        <Broken />
      </Part>
      <p>the rest</p>
    </>,
  );
  expect(screen.getAllByText("This part could not be shown")).toHaveLength(1);
  expect(screen.getByText("the rest")).toBeDefined();
});
