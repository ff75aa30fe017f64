// A thousand rows of a log in columns. Once it is full, its texts become one string, which is smaller,
// spares the garbage collector a thousand objects, and is searched in one go.

export const CHUNK_BITS = 10;
export const CHUNK_ROWS = 1 << CHUNK_BITS;

export interface NewRow {
  readonly seq: number;
  readonly at: number;
  readonly attempt: number;
  readonly step: number;
  readonly source: number;
  readonly level: number;
  readonly stream: number;
  readonly continued: boolean;
  readonly text: string;
}

export class LogChunk {
  readonly seq = new Float64Array(CHUNK_ROWS);
  readonly at = new Float64Array(CHUNK_ROWS);
  readonly step = new Uint32Array(CHUNK_ROWS);
  readonly attempt = new Uint16Array(CHUNK_ROWS);
  readonly source = new Uint8Array(CHUNK_ROWS);
  readonly level = new Uint8Array(CHUNK_ROWS);
  readonly stream = new Uint32Array(CHUNK_ROWS);
  readonly continued = new Uint8Array(CHUNK_ROWS);
  length = 0;
  #lines: string[] = [];
  #sealed: string | null = null;
  #ends: Uint32Array | null = null;
  readonly #rewritten = new Map<number, string>();

  push(row: NewRow): void {
    const slot = this.length;
    this.seq[slot] = row.seq;
    this.at[slot] = row.at;
    this.step[slot] = row.step;
    this.attempt[slot] = row.attempt;
    this.source[slot] = row.source;
    this.level[slot] = row.level;
    this.stream[slot] = row.stream;
    this.continued[slot] = row.continued ? 1 : 0;
    this.#lines.push(row.text);
    this.length += 1;
    if (this.length === CHUNK_ROWS) this.#seal();
  }

  text(slot: number): string {
    if (this.#sealed === null) return this.#lines[slot] ?? "";
    return this.#rewritten.get(slot) ?? this.#sealed.slice(this.#start(slot), this.#ends?.[slot]);
  }

  rewrite(slot: number, text: string): void {
    if (this.#sealed === null) this.#lines[slot] = text;
    else this.#rewritten.set(slot, text);
  }

  /** All texts, one a line, if the chunk is full and none was rewritten since; else null. */
  get whole(): string | null {
    return this.#rewritten.size === 0 ? this.#sealed : null;
  }

  #start(slot: number): number {
    return slot === 0 ? 0 : (this.#ends?.[slot - 1] ?? 0) + 1;
  }

  #seal(): void {
    const ends = new Uint32Array(CHUNK_ROWS);
    let end = -1;
    this.#lines.forEach((line, slot) => {
      end += line.length + 1;
      ends[slot] = end;
    });
    this.#ends = ends;
    this.#sealed = this.#lines.join("\n");
    this.#lines = [];
  }
}
