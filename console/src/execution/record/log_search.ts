// Finding text in a log of any size, a slice of time at a go: full chunks are searched as one string.
// Rows that come or change later are looked at in the next slice.
import { isPlain, stripAnsi } from "./ansi.ts";
import { countUpTo } from "./columns.ts";
import { CHUNK_BITS, CHUNK_ROWS } from "./log_chunk.ts";
import type { LogStore } from "./log_store.ts";

const MASK = CHUNK_ROWS - 1;

export class LogSearch {
  readonly query: string;
  readonly #store: LogStore;
  readonly #needle: string;
  #rows: number[] = [];
  #next = 0;
  #rewritesSeen: number;

  constructor(store: LogStore, query: string) {
    this.query = query;
    this.#needle = query.toLowerCase();
    this.#store = store;
    this.#rewritesSeen = store.rewrites;
  }

  get isDone(): boolean {
    return this.#next >= this.#store.end && this.#rewritesSeen === this.#store.rewrites;
  }

  /** The rows that hold the text, of what has been searched and is still there. */
  get rows(): readonly number[] {
    this.#letGo();
    return this.#rows;
  }

  /** Go on until all is searched or the time is over; return whether all is. */
  step(milliseconds: number, now: () => number = () => performance.now()): boolean {
    const until = now() + milliseconds;
    this.#next = Math.max(this.#next, this.#store.first);
    this.#lookAgain();
    while (this.#next < this.#store.end) {
      this.#searchChunk();
      if (now() >= until) break;
    }
    return this.isDone;
  }

  #searchChunk(): void {
    const chunk = this.#store.chunks[(this.#next - this.#store.first) >> CHUNK_BITS];
    const whole = (this.#next & MASK) === 0 ? chunk?.whole : null;
    if (typeof whole === "string") this.#searchWhole(whole);
    else this.#searchRows(Math.min(this.#store.end, (this.#next | MASK) + 1));
  }

  #searchWhole(whole: string): void {
    const text = (isPlain(whole) ? whole : stripAnsi(whole)).toLowerCase();
    let row = this.#next;
    let from = 0;
    for (;;) {
      const found = text.indexOf(this.#needle, from);
      if (found === -1) break;
      row += newlines(text, from, found);
      this.#rows.push(row);
      const end = text.indexOf("\n", found);
      if (end === -1) break;
      row += 1;
      from = end + 1;
    }
    this.#next += CHUNK_ROWS;
  }

  #searchRows(end: number): void {
    for (; this.#next < end; this.#next += 1) {
      if (this.#holds(this.#next)) this.#rows.push(this.#next);
    }
  }

  /** Forget the rows that the log holds no more. */
  #letGo(): void {
    const { first } = this.#store;
    if ((this.#rows[0] ?? Infinity) < first)
      this.#rows = this.#rows.slice(this.#countBefore(first));
  }

  #lookAgain(): void {
    const changed = this.#store.rewrittenSince(this.#rewritesSeen);
    this.#rewritesSeen = this.#store.rewrites;
    if (changed === null) this.#beginAnew();
    for (const row of new Set(changed)) {
      if (row >= this.#store.first && row < this.#next) this.#judge(row);
    }
  }

  /** So much has changed that it is not known any more what. */
  #beginAnew(): void {
    this.#rows = [];
    this.#next = this.#store.first;
  }

  #judge(row: number): void {
    const at = this.#countBefore(row);
    const isHeld = this.#rows[at] === row;
    if (this.#holds(row) === isHeld) return;
    this.#rows.splice(at, isHeld ? 1 : 0, ...(isHeld ? [] : [row]));
  }

  #countBefore(row: number): number {
    return countUpTo(this.#rows.length, row - 1, (index) => this.#rows[index] ?? Infinity);
  }

  #holds(row: number): boolean {
    return this.#store.plainTextOf(row).toLowerCase().includes(this.#needle);
  }
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) {
    count += 1;
  }
  return count;
}
