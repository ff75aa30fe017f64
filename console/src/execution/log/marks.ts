// A line as it is drawn: its spans, cut where the searched text begins and ends.
import { parseAnsi, PLAIN, type Span, type Style } from "../record/ansi.ts";

export interface Piece {
  readonly text: string;
  readonly style: Style;
  readonly isMarked: boolean;
}

/** What a line shows at most; all of it is in what is copied. */
export const MOST_SHOWN = 4_000;
/** Each of these is an element of the page, and many lines are in sight at once. */
export const MOST_COLOURS = 120;
export const MOST_MARKS = 120;

export function piecesOf(line: string, needle: string): Piece[] {
  const spans = cut(parseAnsi(line));
  if (needle === "") return spans.map((span) => ({ ...span, isMarked: false }));
  return marked(spans, needle.toLowerCase());
}

function marked(spans: readonly Span[], needle: string): Piece[] {
  const text = spans.map((span) => span.text).join("");
  const borders = placesOf(text.toLowerCase(), needle);
  const pieces: Piece[] = [];
  let passed = 0;
  let at = 0;
  let end = 0;
  for (const { text: own, style } of spans) {
    end += own.length;
    while (at < end) {
      while ((borders[passed] ?? Infinity) <= at) passed += 1;
      const to = Math.min(borders[passed] ?? end, end);
      // The text that was found begins at every other border.
      pieces.push({ text: text.slice(at, to), style, isMarked: passed % 2 === 1 });
      at = to;
    }
  }
  return pieces;
}

/** Where the text begins and ends, each time it is found, but for so often that nobody looks. */
function placesOf(text: string, needle: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + needle.length)) {
    places.push(at, at + needle.length);
    if (places.length >= 2 * MOST_MARKS) break;
  }
  return places;
}

/** What is shown of a line; behind so many colours it is plain. */
function cut(spans: readonly Span[]): Span[] {
  const shown: Span[] = [];
  let left = MOST_SHOWN;
  for (const span of calmed(spans)) {
    if (left === 0) break;
    const text = span.text.slice(0, left);
    shown.push({ ...span, text });
    left -= text.length;
  }
  return shown;
}

function calmed(spans: readonly Span[]): readonly Span[] {
  if (spans.length <= MOST_COLOURS) return spans;
  const rest = spans.slice(MOST_COLOURS).map((span) => span.text);
  return [...spans.slice(0, MOST_COLOURS), { text: rest.join(""), style: PLAIN }];
}
