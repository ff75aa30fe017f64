import "../frame/browser.ts";

import { beforeAll, expect, test, vi } from "vitest";
import type uPlot from "uplot";

import { showData, zoomOf } from "../../src/execution/charts/zoom.ts";
import { timeScale } from "../../src/ui/plot/axes.ts";

let Plot: typeof uPlot;

/** A canvas that takes whatever is drawn, for who has none. */
function nowhere(): object {
  return new Proxy({}, { get: (_, name) => () => (name === "measureText" ? { width: 1 } : null) });
}

beforeAll(async () => {
  vi.stubGlobal("Path2D", function Path() {
    return nowhere();
  });
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(nowhere as never);
  Plot = (await import("uplot")).default;
});

async function drawn(): Promise<uPlot> {
  const plot = new Plot(
    { width: 300, height: 100, scales: { x: timeScale() }, series: [{}, { label: "loss" }] },
    [[], []],
    document.body,
  );
  showData(plot, points(100));
  await Promise.resolve();
  return plot;
}

function points(count: number): uPlot.AlignedData {
  const times = Array.from({ length: count }, (_, at) => at);
  return [times, times];
}

function shown({ scales }: uPlot) {
  return [scales["x"]?.min, scales["x"]?.max];
}

test("a chart grows with its points", async () => {
  const plot = await drawn();
  expect(shown(plot)).toEqual([0, 99]);
  showData(plot, points(200));
  await Promise.resolve();
  expect(shown(plot)).toEqual([0, 199]);
  expect(zoomOf(plot)).toBeNull();
});

test("a part that is looked at stays while points come, until all is wanted again", async () => {
  const plot = await drawn();
  plot.setScale("x", { min: 20, max: 40 });
  await Promise.resolve();
  showData(plot, points(200));
  await Promise.resolve();
  expect(shown(plot)).toEqual([20, 40]);
  expect(plot.data[0]).toHaveLength(200);
  plot.over.dispatchEvent(new MouseEvent("dblclick"));
  await Promise.resolve();
  showData(plot, points(300));
  await Promise.resolve();
  expect(shown(plot)).toEqual([0, 299]);
});
