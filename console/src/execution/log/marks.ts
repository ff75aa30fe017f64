// A line as it is drawn: its spans, cut where the searched text begins and ends.
import { parseAnsi, type Span, type Style } from "../record/ansi.ts";

export interface Piece {
  readonly text: string;
  readonly style: Style;
  readonly isMarked: boolean;
}

/** What a line shows at most; all of it is in what is copied. */
export const MOST_SHOWN = 4_000;

export function piecesOf(line: string, needle: string): Piece[] {
  const spans = cut(parseAnsi(line));
  if (needle === "") return spans.map((span) => ({ ...span, isMarked: false }));
  return marked(spans, needle.toLowerCase());
}

function marked(spans: readonly Span[], needle: string): Piece[] {
  const text = spans.map((span) => span.text).join("");
  const ends = placesOf(text.toLowerCase(), needle);
  const pieces: Piece[] = [];
  let at = 0;
  for (const span of spans) {
    const borders = ends.filter((end) => end > at && end < at + span.text.length);
    let from = at;
    for (const to of new Set([...borders, at + span.text.length])) {
      const isMarked = isInside(ends, from);
      pieces.push({ text: text.slice(from, to), style: span.style, isMarked });
      from = to;
    }
    at += span.text.length;
  }
  return pieces;
}

/** Where the text begins and ends, each time it is found. */
function placesOf(text: string, needle: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length)) {
    places.push(at, at + needle.length);
  }
  return places;
}

function isInside(places: readonly number[], at: number): boolean {
  const passed = places.findLastIndex((place) => place <= at);
  return passed % 2 === 0;
}

function cut(spans: readonly Span[]): Span[] {
  const shown: Span[] = [];
  let left = MOST_SHOWN;
  for (const span of spans) {
    if (left === 0) break;
    const text = span.text.slice(0, left);
    shown.push({ ...span, text });
    left -= text.length;
  }
  return shown;
}
