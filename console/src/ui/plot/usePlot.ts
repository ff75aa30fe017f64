// A uPlot in a box: as wide as the box, and drawn anew when the theme changes, or what it is drawn by.
import { useLayoutEffect, useRef } from "react";
import type uPlot from "uplot";

import { onThemeChange } from "./theme.ts";

/** `draw` has to stay the same function while the same is drawn. */
export function usePlot(draw: (box: HTMLElement) => uPlot) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const redraw = () => {
      plot.current?.destroy();
      plot.current = draw(element);
    };
    redraw();
    const observer = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height: plot.current.height });
    });
    observer.observe(element);
    const leave = onThemeChange(redraw);
    return () => {
      leave();
      observer.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [draw]);
  return { box, plot };
}
