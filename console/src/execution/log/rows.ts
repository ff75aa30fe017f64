// Which rows of a long list are in sight. Pure. All rows are of one height; a list that is taller than a
// browser can lay out is scrolled through faster, so that its end can be reached.

/** What browsers lay out for certain, zoomed in too. */
export const TALLEST = 8_000_000;
const SPARE_ROWS = 6;

export interface Frame {
  readonly count: number;
  readonly rowHeight: number;
  /** The height of what is in sight. */
  readonly height: number;
}

export interface Window {
  readonly first: number;
  readonly end: number;
  /** Where the first row of all would be drawn: that of row n is n rows below. */
  readonly origin: number;
}

/** How tall the scrolled content is laid out. */
export function laidOutHeight(frame: Frame): number {
  return Math.min(TALLEST, frame.count * frame.rowHeight);
}

/** The rows that are in sight at a position of the scroll bar, and a few around them. */
export function windowAt(frame: Frame, scrollTop: number): Window {
  const { count, rowHeight, height } = frame;
  const at = Math.min(Math.max(0, scrollTop), lastScrollTop(frame));
  const top = at * scaleOf(frame);
  const first = Math.max(0, Math.floor(top / rowHeight) - SPARE_ROWS);
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + SPARE_ROWS);
  return { first, end, origin: at - top };
}

/** Where to scroll so that a row stands in the middle. */
export function scrollTopOf(frame: Frame, row: number): number {
  const top = row * frame.rowHeight - (frame.height - frame.rowHeight) / 2;
  return Math.min(Math.max(0, top / scaleOf(frame)), lastScrollTop(frame));
}

/** The position of the scroll bar at the end. */
export function lastScrollTop(frame: Frame): number {
  return Math.max(0, laidOutHeight(frame) - frame.height);
}

/** How much of the list a pixel of the scroll bar is. */
function scaleOf(frame: Frame): number {
  const end = lastScrollTop(frame);
  if (end === 0) return 1;
  return (frame.count * frame.rowHeight - frame.height) / end;
}
