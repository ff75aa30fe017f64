// What a stream prints, as lines: text comes in pieces that end anywhere, a carriage return begins the
// line anew, and a colour lasts until the program ends it, over the ends of lines too.
import { PLAIN, sequenceOf, styleAfter, type Style } from "./ansi.ts";

export const LONGEST_LINE = 16_384;

/** A line as it stands after a piece: `goesOn` where it is the line that the piece before left open. */
export interface PrintedLine {
  readonly text: string;
  readonly goesOn: boolean;
}

export class OutputLines {
  #open: string | null = null;
  #style: Style = PLAIN;

  /** Take a piece; return the lines that it completed, changed or began. */
  take(piece: string): PrintedLine[] {
    const parts = piece.split("\n");
    const rest = parts.pop() ?? "";
    const lines = parts.flatMap((part) => this.#print(part, true));
    if (rest !== "") lines.push(...this.#print(rest, false));
    return lines;
  }

  /** End the open line: what comes next begins a line of its own. */
  end(): void {
    this.#open = null;
    this.#style = PLAIN;
  }

  #print(part: string, isWhole: boolean): PrintedLine[] {
    const lines: PrintedLine[] = [];
    let raw = (this.#open ?? "") + part;
    let goesOn = this.#open !== null;
    for (; raw.length > LONGEST_LINE && !raw.includes("\r"); raw = raw.slice(LONGEST_LINE)) {
      lines.push(this.#line(raw.slice(0, LONGEST_LINE), goesOn));
      this.#style = styleAfter(raw.slice(0, LONGEST_LINE), this.#style);
      goesOn = false;
    }
    raw = lastOverwritten(raw);
    lines.push(this.#line(raw, goesOn));
    this.#open = isWhole ? null : raw;
    if (isWhole) this.#style = styleAfter(raw, this.#style);
    return lines;
  }

  #line(raw: string, goesOn: boolean): PrintedLine {
    return { text: sequenceOf(this.#style) + shown(raw), goesOn };
  }
}

/** What is left of a line to keep: what the last carriage returns have not begun anew. */
function lastOverwritten(raw: string): string {
  if (!raw.includes("\r")) return raw;
  const bare = raw.slice(0, endOfText(raw));
  const returns = raw.length > bare.length ? "\r" : "";
  return (bare.slice(bare.lastIndexOf("\r") + 1) + returns).slice(-LONGEST_LINE);
}

/** Where the carriage returns at the end begin. Counted: an expression would try each run of them anew. */
function endOfText(raw: string): number {
  let end = raw.length;
  while (raw[end - 1] === "\r") end -= 1;
  return end;
}

function shown(raw: string): string {
  const bare = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  return bare.slice(bare.lastIndexOf("\r") + 1);
}
