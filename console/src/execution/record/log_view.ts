// Which rows of a log are shown: by level, stream and step, what counts no more folded away, as of any
// moment. A view is extended as rows come, and made anew when what it asks for has changed.
import { countUpTo } from "./columns.ts";
import { CHUNK_BITS, CHUNK_ROWS } from "./log_chunk.ts";
import { LEVELS } from "./levels.ts";
import type { LogFilter } from "./log_filter.ts";
import { SOURCES, type LogStore } from "./log_store.ts";
import type { Superseded, SupersededRange } from "./superseded.ts";

const MASK = CHUNK_ROWS - 1;
const NOTICE = SOURCES.indexOf("notice");
const LOG = SOURCES.indexOf("log");

export class LogView {
  readonly filter: LogFilter;
  readonly #store: LogStore;
  readonly #superseded: Superseded;
  #rows = new Uint32Array(CHUNK_ROWS);
  #held = 0;
  #next = 0;
  #ranges: readonly SupersededRange[] = [];
  readonly #level: number;
  #stream: number | undefined;
  #step: number | undefined;

  constructor(store: LogStore, superseded: Superseded, filter: LogFilter) {
    this.#store = store;
    this.#superseded = superseded;
    this.filter = filter;
    this.#level = LEVELS.indexOf(filter.level);
  }

  /** How many rows are shown as of a moment; looks at what has come since it was asked last. */
  length(asOf = Infinity): number {
    this.#catchUp(asOf);
    const end = this.#store.endAt(asOf);
    if (this.isWhole) return end - this.#store.first;
    const skipped = this.#skipped();
    return countUpTo(this.#held, end - 1, (index) => this.#rows[index] ?? Infinity) - skipped;
  }

  /** The row that is shown at a place; ask for the length first. */
  rowAt(index: number): number {
    if (this.isWhole) return this.#store.first + index;
    return this.#rows[this.#skipped() + index] ?? 0;
  }

  /** The place of a row, or of the first one behind it that is shown. */
  indexOf(row: number): number {
    if (this.isWhole) return Math.max(0, row - this.#store.first);
    const before = countUpTo(this.#held, row - 1, (index) => this.#rows[index] ?? Infinity);
    return Math.max(0, before - this.#skipped());
  }

  accepts(row: number): boolean {
    this.#lookUpNames();
    return this.#accepts(row);
  }

  #accepts(row: number): boolean {
    const chunk = this.#store.chunks[(row >> CHUNK_BITS) - (this.#store.first >> CHUNK_BITS)];
    if (chunk === undefined) return false;
    const slot = row & MASK;
    const source = chunk.source[slot] ?? 0;
    const seq = chunk.seq[slot] ?? 0;
    if (source !== NOTICE && this.#isFolded(seq)) return false;
    return (
      (chunk.level[slot] ?? 0) >= this.#level &&
      this.#isOfStream(source, chunk.stream[slot]) &&
      this.#isOfStep(chunk.step[slot] ?? 0)
    );
  }

  /** Whether every row is shown. */
  get isWhole(): boolean {
    const { level, stream, step, showSuperseded } = this.filter;
    const folds = !showSuperseded && this.#ranges.length > 0;
    return level === "debug" && stream === null && step === null && !folds;
  }

  #catchUp(asOf: number): void {
    if (this.#superseded.countAt(asOf) !== this.#ranges.length) {
      this.#ranges = this.#superseded.rangesAt(asOf);
      this.#held = 0;
      this.#next = 0;
    }
    if (this.isWhole) return;
    this.#lookUpNames();
    this.#next = Math.max(this.#next, this.#store.first);
    for (; this.#next < this.#store.end; this.#next += 1) {
      if (this.#accepts(this.#next)) this.#hold(this.#next);
    }
  }

  #hold(row: number): void {
    if (this.#held === this.#rows.length) this.#letGo();
    if (this.#held === this.#rows.length) {
      const longer = new Uint32Array(this.#held * 2);
      longer.set(this.#rows);
      this.#rows = longer;
    }
    this.#rows[this.#held] = row;
    this.#held += 1;
  }

  /** Forget the rows that the store has let go, where those are many. */
  #letGo(): void {
    const gone = this.#skipped();
    if (gone * 4 < this.#held) return;
    this.#rows.copyWithin(0, gone, this.#held);
    this.#held -= gone;
  }

  /** How many rows of the view the store has let go. */
  #skipped(): number {
    const { first } = this.#store;
    if (first === 0) return 0;
    return countUpTo(this.#held, first - 1, (index) => this.#rows[index] ?? Infinity);
  }

  #isFolded(seq: number): boolean {
    if (this.filter.showSuperseded) return false;
    return this.#ranges.some((range) => range.from <= seq && seq <= range.to);
  }

  /** The numbers of names may be given only now, as their first row comes. */
  #lookUpNames(): void {
    const { stream, step } = this.filter;
    if (stream !== null) this.#stream ??= this.#store.streams.find(stream);
    if (step !== null) this.#step ??= this.#store.steps.find(step);
  }

  #isOfStream(source: number, stream: number | undefined): boolean {
    const wanted = this.filter.stream;
    if (wanted === null) return true;
    return wanted === "log" ? source === LOG : stream === this.#stream;
  }

  #isOfStep(step: number): boolean {
    return this.filter.step === null || step === this.#step;
  }
}
