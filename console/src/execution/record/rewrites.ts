// How lines stood that their programs went on with: the texts of a row by the events that changed it.
// A line that is rewritten all the time, as bars of progress are, keeps some of its texts.

const MOST_TEXTS = 1_000;
/** So many of the last changes can be asked for. */
const MOST_CHANGES = 10_000;

interface Text {
  readonly seq: number;
  readonly text: string;
}

interface History {
  readonly texts: Text[];
  /** One of so many texts is kept; the last one always is. */
  stride: number;
  changes: number;
}

export class Rewrites {
  readonly #histories = new Map<number, History>();
  #changed: number[] = [];
  #before = 0;

  /** How many changes there were. */
  get count(): number {
    return this.#before + this.#changed.length;
  }

  /** The rows that changed after so many changes; null where those are known no more. */
  since(count: number): readonly number[] | null {
    return count < this.#before ? null : this.#changed.slice(count - this.#before);
  }

  note(row: number, before: Text, after: Text): void {
    const history = this.#histories.get(row) ?? { texts: [before], stride: 1, changes: 0 };
    this.#histories.set(row, history);
    add(history, after);
    this.#changed.push(row);
    if (this.#changed.length === 2 * MOST_CHANGES) this.#forget();
  }

  /** The text of a row at a moment; undefined for one that never changed. */
  textAt(row: number, asOf: number): string | undefined {
    return this.#histories.get(row)?.texts.findLast((text) => text.seq <= asOf)?.text;
  }

  letGo(first: number): void {
    for (const row of this.#histories.keys()) if (row < first) this.#histories.delete(row);
  }

  #forget(): void {
    this.#changed = this.#changed.slice(MOST_CHANGES);
    this.#before += MOST_CHANGES;
  }
}

function add(history: History, after: Text): void {
  const { texts } = history;
  if (history.changes % history.stride !== 0) texts.pop();
  texts.push(after);
  history.changes += 1;
  if (texts.length < MOST_TEXTS) return;
  thin(texts);
  history.stride *= 2;
  history.changes = 0;
}

function thin(texts: Text[]): void {
  const last = texts.length - 1;
  const kept = texts.filter((_, index) => index % 2 === 0 || index === last);
  texts.splice(0, texts.length, ...kept);
}
