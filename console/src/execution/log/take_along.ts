// Takes the log along: the lines that are shown, as plain text, into the clipboard or a file. It is put
// together in slices, so that a million lines do not stop the page; what the log lets go meanwhile is told.
import { frames } from "../live/frames.ts";
import type { ExecutionModel } from "../live/execution_model.ts";
import type { LogView } from "../record/log_view.ts";
import { download } from "../../ui/download.ts";
import { toast } from "../../ui/toast.ts";

const SLICE = 5_000;
const MOST_COPIED = 200_000;

type Shown = Pick<ExecutionModel, "record" | "asOf">;

export async function copyLog(model: Shown, view: LogView): Promise<void> {
  if (view.length(model.asOf) > MOST_COPIED) {
    toast("That is too much to copy. Download it instead.", "danger");
    return;
  }
  try {
    const { parts, isWhole } = await taken(model, view, false);
    await navigator.clipboard.writeText(parts.join("").slice(0, -1));
    toast(isWhole ? "Copied" : `Copied, but ${HELD_NO_MORE}`);
  } catch {
    toast("This browser does not let the page copy. Download it instead.", "danger");
  }
}

export async function downloadLog(model: Shown, view: LogView): Promise<void> {
  try {
    const { parts, isWhole } = await taken(model, view, true);
    download("log.txt", parts);
    if (!isWhole) toast(`Downloaded, but ${HELD_NO_MORE}`);
  } catch {
    toast("The file could not be put together. Show fewer lines and try again.", "danger");
  }
}

const HELD_NO_MORE = "without its oldest lines: this page holds them no more.";

interface Taken {
  /** Whole lines, many in each. */
  readonly parts: readonly string[];
  /** Whether it begins where the log does, and lacks no line between. */
  readonly isWhole: boolean;
}

/** The lines that are shown now: what comes meanwhile is left out, what is let go is missing. */
async function taken(model: Shown, view: LogView, withTimes: boolean): Promise<Taken> {
  const { asOf, record } = model;
  const end = record.log.endAt(asOf);
  const parts: string[] = [];
  let next = 0;
  let isWhole = true;
  while (next < end) {
    isWhole &&= record.log.first <= next;
    const rows = rowsFrom(view, next, end, asOf);
    parts.push(rows.map((row) => `${lineAt(model, row, asOf, withTimes)}\n`).join(""));
    next = (rows.at(-1) ?? end) + 1;
    await frames.rest();
  }
  return { parts, isWhole };
}

function rowsFrom(view: LogView, next: number, end: number, asOf: number): number[] {
  const count = view.length(asOf);
  const first = view.indexOf(next);
  const places = Math.max(0, Math.min(SLICE, count - first));
  return Array.from({ length: places }, (_, at) => view.rowAt(first + at)).filter(
    (row) => row < end,
  );
}

function lineAt({ record: { log } }: Shown, row: number, asOf: number, withTimes: boolean): string {
  const text = log.plainTextOf(row, asOf);
  if (!withTimes) return text;
  const { at, level, source, stream } = log.rowAt(row);
  return `${new Date(at).toISOString()} ${source === "output" ? (stream ?? "") : level} ${text}`;
}
