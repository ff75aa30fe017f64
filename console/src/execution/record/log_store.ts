// The lines of an execution's log: what was logged, printed and noted, a million of them and no more.
// Rows are numbered for good; the oldest are let go when there are too many. Nothing is ever changed
// but a line that its program goes on with, and how that stood at any moment is still known.
import { isPlain, stripAnsi } from "./ansi.ts";
import { countUpTo } from "./columns.ts";
import { fieldsOf, textOf, timeOf, type Fields, type FeedEvent } from "./feed_event.ts";
import { LEVELS, type Level } from "./levels.ts";
import { CHUNK_BITS, CHUNK_ROWS, LogChunk } from "./log_chunk.ts";
import { Names } from "./names.ts";
import { LONGEST_LINE, OutputLines, type PrintedLine } from "./output_lines.ts";
import { Rewrites } from "./rewrites.ts";

export const MOST_ROWS = 1_000_000;
const MASK = CHUNK_ROWS - 1;

export const SOURCES = ["log", "output", "notice"] as const;
export type Source = (typeof SOURCES)[number];

export interface LogRow {
  readonly row: number;
  readonly seq: number;
  readonly at: number;
  readonly attempt: number;
  readonly step: string | null;
  readonly source: Source;
  readonly level: Level;
  readonly stream: string | null;
  readonly continued: boolean;
}

interface Place {
  readonly source: Source;
  readonly level: Level;
  readonly stream: string | null;
}

interface OpenStream {
  readonly lines: OutputLines;
  row: number;
}

export class LogStore {
  readonly steps = new Names();
  readonly streams = new Names();
  readonly #chunks: LogChunk[] = [];
  readonly #rewrites = new Rewrites();
  readonly #open = new Map<string, OpenStream>();
  readonly #most: number;
  #firstChunk = 0;
  #end = 0;
  #attempt = 0;

  constructor(most = MOST_ROWS) {
    this.#most = most;
  }

  /** The first row that is still held. */
  get first(): number {
    return this.#firstChunk * CHUNK_ROWS;
  }

  /** The row behind the last one. */
  get end(): number {
    return this.#end;
  }

  get chunks(): readonly LogChunk[] {
    return this.#chunks;
  }

  /** How often a row's text has changed since it came. */
  get rewrites(): number {
    return this.#rewrites.count;
  }

  /** The rows whose text has changed after so many changes; null where that is known no more. */
  rewrittenSince(count: number): readonly number[] | null {
    return this.#rewrites.since(count);
  }

  appendLog(event: FeedEvent): void {
    const { level, message, fields } = event.data;
    const place: Place = { source: "log", level: levelOf(level), stream: null };
    this.#pushLines(event, place, textOf(message) + fieldsShown(fieldsOf(fields)));
  }

  appendOutput(event: FeedEvent): void {
    if (event.attempt !== this.#attempt) this.endStreams();
    this.#attempt = event.attempt;
    const name = textOf(event.data["stream"]) || "stdout";
    const open = this.#stream(name);
    for (const line of open.lines.take(textOf(event.data["text"]))) {
      this.#print(open, line, event, { source: "output", level: "info", stream: name });
    }
  }

  appendNotice(event: FeedEvent, level: Level, text: string): void {
    this.#pushLines(event, { source: "notice", level, stream: null }, text);
  }

  /** Let no line be gone on with: an attempt has ended. */
  endStreams(): void {
    for (const open of this.#open.values()) open.lines.end();
  }

  rowAt(row: number): LogRow {
    const chunk = this.#chunkOf(row);
    const slot = row & MASK;
    return {
      row,
      seq: chunk.seq[slot] ?? 0,
      at: chunk.at[slot] ?? 0,
      attempt: chunk.attempt[slot] ?? 0,
      step: this.steps.nameOf(chunk.step[slot] ?? 0),
      source: SOURCES[chunk.source[slot] ?? 0] ?? "log",
      level: LEVELS[chunk.level[slot] ?? 0] ?? "info",
      stream: this.streams.nameOf(chunk.stream[slot] ?? 0),
      continued: chunk.continued[slot] === 1,
    };
  }

  seqOf(row: number): number {
    return this.#chunks[(row >> CHUNK_BITS) - this.#firstChunk]?.seq[row & MASK] ?? Infinity;
  }

  /** The text of a row, with its colours, as it stood at a moment of the log. */
  textOf(row: number, asOf = Infinity): string {
    const then = asOf === Infinity ? undefined : this.#rewrites.textAt(row, asOf);
    return then ?? this.#chunkOf(row).text(row & MASK);
  }

  plainTextOf(row: number, asOf = Infinity): string {
    const text = this.textOf(row, asOf);
    return isPlain(text) ? text : stripAnsi(text);
  }

  /** The row behind the last one that had come at a moment of the log. */
  endAt(asOf: number): number {
    if (asOf === Infinity) return this.#end;
    const { first } = this;
    return first + countUpTo(this.#end - first, asOf, (index) => this.seqOf(first + index));
  }

  #stream(name: string): OpenStream {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const open = { lines: new OutputLines(), row: -1 };
    this.#open.set(name, open);
    return open;
  }

  #print(open: OpenStream, line: PrintedLine, event: FeedEvent, place: Place): void {
    if (line.goesOn && open.row >= this.first) this.#rewrite(open.row, line.text, event.seq);
    else open.row = this.#push(event, place, line.text, false);
  }

  #rewrite(row: number, text: string, seq: number): void {
    const before = this.textOf(row);
    if (before === text) return;
    this.#rewrites.note(row, { seq: this.seqOf(row), text: before }, { seq, text });
    this.#chunkOf(row).rewrite(row & MASK, text);
  }

  #pushLines(event: FeedEvent, place: Place, text: string): void {
    const lines = text.includes("\n") ? text.split(/\r?\n/) : [text];
    lines.forEach((line, index) => {
      for (let from = 0; from === 0 || from < line.length; from += LONGEST_LINE) {
        this.#push(event, place, line.slice(from, from + LONGEST_LINE), index + from > 0);
      }
    });
  }

  #push(event: FeedEvent, place: Place, text: string, continued: boolean): number {
    this.#lastChunk().push({
      seq: event.seq,
      at: timeOf(event.at),
      attempt: event.attempt,
      step: this.steps.numberOf(event.step ?? null),
      source: SOURCES.indexOf(place.source),
      level: LEVELS.indexOf(place.level),
      stream: this.streams.numberOf(place.stream),
      continued,
      text,
    });
    this.#end += 1;
    return this.#end - 1;
  }

  #lastChunk(): LogChunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.length < CHUNK_ROWS) return last;
    const next = new LogChunk();
    this.#chunks.push(next);
    if (this.#end - this.first >= this.#most) this.#letGo();
    return next;
  }

  #letGo(): void {
    this.#chunks.shift();
    this.#firstChunk += 1;
    this.#rewrites.letGo(this.first);
  }

  #chunkOf(row: number): LogChunk {
    const chunk = this.#chunks[(row >> CHUNK_BITS) - this.#firstChunk];
    if (chunk === undefined || row >= this.#end) throw new RangeError(`the log has no row ${row}`);
    return chunk;
  }
}

const LEVEL_NAMES: ReadonlyMap<string, Level> = new Map([
  ["trace", "debug"],
  ["debug", "debug"],
  ["warn", "warning"],
  ["warning", "warning"],
  ["error", "error"],
  ["critical", "error"],
  ["fatal", "error"],
]);

function levelOf(level: unknown): Level {
  return LEVEL_NAMES.get(textOf(level).toLowerCase()) ?? "info";
}

/** The fields of a message behind it, dimmed. */
function fieldsShown(fields: Fields): string {
  const entries = Object.entries(fields);
  if (entries.length === 0) return "";
  const shown = entries.map(([name, value]) => `${name}=${valueShown(value)}`);
  return ` \u001b[0;2m${shown.join(" ")}\u001b[0m`;
}

function valueShown(value: unknown): string {
  if (typeof value === "string" && /^[\w.:/+-]+$/.test(value)) return value;
  return JSON.stringify(value) ?? "null";
}
