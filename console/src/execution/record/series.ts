// The points of one metric, as they came, with where the lowest and the highest of each block are.
import { Column } from "./columns.ts";

export const BLOCK = 256;
/** Beyond so many points only the lowest and the highest of each few are kept, of all but the latest. */
const MOST_POINTS = 1 << 19;
const THINNED = 4;

export class Series {
  #seqs = new Column();
  #times = new Column();
  #values = new Column();
  #lows = new Column();
  #highs = new Column();
  readonly #most: number;

  constructor(most = MOST_POINTS) {
    this.#most = most;
  }

  get seqs(): Column {
    return this.#seqs;
  }

  get times(): Column {
    return this.#times;
  }

  get values(): Column {
    return this.#values;
  }

  get length(): number {
    return this.#seqs.length;
  }

  push(seq: number, at: number, value: number): void {
    if (this.length >= this.#most) this.#thin();
    this.#seqs.push(seq);
    this.#times.push(at);
    this.#values.push(value);
    if (this.length % BLOCK === 0) this.#endBlock();
  }

  /** The last value as of a moment of the log. */
  lastAt(asOf: number): number | undefined {
    const count = this.#seqs.countUpTo(asOf);
    return count === 0 ? undefined : this.#values.at(count - 1);
  }

  /** Where the lowest and the highest of a range are; whole blocks are not looked into. */
  extremes(from: number, to: number): [low: number, high: number] {
    let low = from;
    let high = from;
    let at = from;
    while (at < to) {
      const isBlock = at % BLOCK === 0 && at + BLOCK <= to;
      low = this.#lower(low, isBlock ? this.#lows.at(at / BLOCK) : at);
      high = this.#higher(high, isBlock ? this.#highs.at(at / BLOCK) : at);
      at += isBlock ? BLOCK : 1;
    }
    return [low, high];
  }

  #lower(one: number, other: number): number {
    return this.#values.at(other) < this.#values.at(one) ? other : one;
  }

  #higher(one: number, other: number): number {
    return this.#values.at(other) > this.#values.at(one) ? other : one;
  }

  #endBlock(): void {
    const [low, high] = this.extremes(this.length - BLOCK, this.length - 1);
    this.#lows.push(this.#lower(low, this.length - 1));
    this.#highs.push(this.#higher(high, this.length - 1));
  }

  /** Keep of every few points the lowest and the highest, and the latest few as they are. */
  #thin(): void {
    const thinned = new Series();
    const latest = this.length - THINNED;
    for (let from = 0; from < latest; from += THINNED) {
      const [low, high] = this.extremes(from, Math.min(from + THINNED, latest));
      thinned.#take(this, Math.min(low, high));
      if (low !== high) thinned.#take(this, Math.max(low, high));
    }
    for (let at = latest; at < this.length; at += 1) thinned.#take(this, at);
    this.#seqs = thinned.#seqs;
    this.#times = thinned.#times;
    this.#values = thinned.#values;
    this.#lows = thinned.#lows;
    this.#highs = thinned.#highs;
  }

  #take(from: Series, at: number): void {
    this.push(from.#seqs.at(at), from.#times.at(at), from.#values.at(at));
  }
}
