import "../frame/browser.ts";

import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Charts } from "../../src/execution/charts/Charts.tsx";
import { ExecutionModel } from "../../src/execution/live/execution_model.ts";
import { LiveExecution } from "../../src/execution/live/live_execution.ts";
import { ModelContext } from "../../src/execution/live/useModel.ts";
import { Script } from "./events.ts";

vi.mock("../../src/execution/charts/Chart.tsx", () => ({
  Chart: ({ name }: { name: string }) => <figure aria-label={name} />,
}));

/** Tells what is in sight when a test says so. */
class Sight {
  static readonly all: Sight[] = [];
  readonly #tell: (entries: readonly { isIntersecting: boolean }[]) => void;

  constructor(tell: Sight["tell"]) {
    this.#tell = tell;
    Sight.all.push(this);
  }

  tell(entries: readonly { isIntersecting: boolean }[]): void {
    this.#tell(entries);
  }

  observe(): void {}
  disconnect(): void {}
}

beforeEach(() => {
  Sight.all.length = 0;
  vi.stubGlobal("IntersectionObserver", Sight);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function showCharts(count: number): void {
  const model = new ExecutionModel(new LiveExecution(async function* () {}));
  const names = Array.from({ length: count }, (_, at) => `m${at}`);
  const values = Object.fromEntries(names.map((name) => [name, 1]));
  model.record.apply(new Script().event("metric", { values }));
  render(
    <ModelContext value={model}>
      <Charts />
    </ModelContext>,
  );
}

const drawn = () =>
  screen.queryAllByRole("figure").map((chart) => chart.getAttribute("aria-label"));

test("few charts are all drawn, and there is nothing more to show", () => {
  showCharts(12);
  expect(drawn()).toHaveLength(12);
  expect(screen.queryByRole("button")).toBeNull();
});

test("of very many, fifty more are shown at a time, and drawn as they come into sight", () => {
  showCharts(1_000);
  expect(drawn()).toHaveLength(12);
  fireEvent.click(screen.getByRole("button", { name: "Show 50 more of 1000 charts" }));
  expect(Sight.all).toHaveLength(50);
  expect(drawn()).toHaveLength(12);
  act(() => Sight.all[2]?.tell([{ isIntersecting: true }]));
  expect(drawn().at(-1)).toBe("m14");
  act(() => Sight.all[2]?.tell([{ isIntersecting: false }]));
  expect(drawn()).toHaveLength(12);
});
