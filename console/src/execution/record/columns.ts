// Columns of numbers that only grow: in blocks, so that growing never copies what is there already,
// and a million entries cost no pause. The oldest can be let go; the others keep their numbers.

const BITS = 12;
const BLOCK = 1 << BITS;
const MASK = BLOCK - 1;

export class Column {
  readonly #blocks: Float64Array[] = [];
  #length = 0;
  #firstBlock = 0;

  /** The first entry that is held. */
  get first(): number {
    return this.#firstBlock * BLOCK;
  }

  /** How many entries there were. */
  get length(): number {
    return this.#length;
  }

  get last(): number | undefined {
    return this.#length === 0 ? undefined : this.at(this.#length - 1);
  }

  push(value: number): void {
    const block = (this.#blocks[this.#blockOf(this.#length)] ??= new Float64Array(BLOCK));
    block[this.#length & MASK] = value;
    this.#length += 1;
  }

  /** The entry at an index that is held; NaN for one that is not. */
  at(index: number): number {
    return this.#blocks[this.#blockOf(index)]?.[index & MASK] ?? Number.NaN;
  }

  /** Hold no more than the last `most` entries, by and large. */
  keepLast(most: number): void {
    while (this.#length - this.first > most) {
      this.#blocks.shift();
      this.#firstBlock += 1;
    }
  }

  /** How many entries of a column that never falls are at most `limit`. */
  countUpTo(limit: number): number {
    const { first } = this;
    return first + countUpTo(this.#length - first, limit, (index) => this.at(first + index));
  }

  #blockOf(index: number): number {
    return (index >> BITS) - this.#firstBlock;
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
