// Dots where a value stands alone: a line needs two.
import type uPlot from "uplot";

type Values = uPlot.AlignedData[number];

/** How the points of a line are drawn: none but those that no line leads to. */
export function loneDots(fill: string): uPlot.Series.Points {
  return {
    show: false,
    fill,
    size: 6,
    filter: ({ data, series }, index) => {
      const values = data[index] ?? [];
      const alone = series[index]?.spanGaps === true ? onlyOne(values) : alonePlaces(values);
      return alone.length === 0 ? null : alone;
    },
  };
}

/** Where a value has none right before it and none right behind it. */
export function alonePlaces(values: Values): number[] {
  return placesOf(values).filter((at) => values[at - 1] == null && values[at + 1] == null);
}

/** Where the one value of all is; nowhere, if there are several. */
export function onlyOne(values: Values): number[] {
  const places = placesOf(values);
  return places.length === 1 ? places : [];
}

function placesOf(values: Values): number[] {
  return [...values.keys()].filter((at) => values[at] != null);
}
