// The metrics of an execution, each a series of points.
import { fieldsOf, numberOrNull, timeOf, type FeedEvent } from "./feed_event.ts";
import { Series } from "./series.ts";

export class MetricsStore {
  readonly #series = new Map<string, Series>();

  get names(): readonly string[] {
    return [...this.#series.keys()];
  }

  append(event: FeedEvent): void {
    const at = timeOf(event.at);
    for (const [name, value] of Object.entries(fieldsOf(event.data["values"]))) {
      const number = numberOrNull(value);
      if (number !== null) this.#seriesOf(name).push(event.seq, at, number);
    }
  }

  get(name: string): Series | undefined {
    return this.#series.get(name);
  }

  /** The names of the series that had a point at a moment of the log. */
  namesAt(asOf: number): readonly string[] {
    return this.names.filter((name) => (this.#series.get(name)?.seqs.at(0) ?? Infinity) <= asOf);
  }

  #seriesOf(name: string): Series {
    const known = this.#series.get(name);
    if (known !== undefined) return known;
    const series = new Series();
    this.#series.set(name, series);
    return series;
  }
}
