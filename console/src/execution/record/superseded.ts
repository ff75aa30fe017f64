// Which events count no more: ranges that later events of the log have superseded. Everything that
// asks for a moment of the past gets the answer as it was then.
import { countUpTo } from "./columns.ts";

export interface SupersededRange {
  readonly seq: number;
  readonly attempt: number;
  readonly from: number;
  readonly to: number;
}

export class Superseded {
  readonly #ranges: SupersededRange[] = [];

  add(range: SupersededRange): void {
    this.#ranges.push(range);
  }

  /** How many ranges had been told of at a moment of the log. */
  countAt(asOf: number): number {
    return countUpTo(this.#ranges.length, asOf, (index) => this.#ranges[index]?.seq ?? Infinity);
  }

  rangesAt(asOf: number): readonly SupersededRange[] {
    return this.#ranges.slice(0, this.countAt(asOf));
  }

  covers(seq: number, asOf: number): boolean {
    return this.#ranges.some((range) => range.seq <= asOf && range.from <= seq && seq <= range.to);
  }
}
