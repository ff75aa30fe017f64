// Columns of numbers that only grow: in blocks, so that growing never copies what is there already,
// and a million entries cost no pause.

const BITS = 12;
const BLOCK = 1 << BITS;
const MASK = BLOCK - 1;

export class Column {
  readonly #blocks: Float64Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get last(): number | undefined {
    return this.#length === 0 ? undefined : this.at(this.#length - 1);
  }

  push(value: number): void {
    const block = (this.#blocks[this.#length >> BITS] ??= new Float64Array(BLOCK));
    block[this.#length & MASK] = value;
    this.#length += 1;
  }

  /** The entry at an index that exists; NaN for one that does not. */
  at(index: number): number {
    return this.#blocks[index >> BITS]?.[index & MASK] ?? Number.NaN;
  }

  /** How many entries of a column that never falls are at most `limit`. */
  countUpTo(limit: number): number {
    return countUpTo(this.#length, limit, (index) => this.at(index));
  }
}

/** How many of the first `length` values, which never fall, are at most `limit`. */
export function countUpTo(length: number, limit: number, at: (index: number) => number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(middle) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
