// Takes the log along: the lines that are shown, as plain text, into the clipboard or a file. It is put
// together in slices, so that a million lines do not stop the page.
import { frames } from "../live/frames.ts";
import type { ExecutionModel } from "../live/execution_model.ts";
import type { LogView } from "../record/log_view.ts";
import { toast } from "../../ui/toast.ts";

const SLICE = 5_000;
const MOST_COPIED = 200_000;

export async function copyLog(model: ExecutionModel, view: LogView): Promise<void> {
  if (view.length(model.asOf) > MOST_COPIED) {
    toast("That is too much to copy. Download it instead.", "danger");
    return;
  }
  try {
    await navigator.clipboard.writeText((await linesOf(model, view, false)).join("\n"));
    toast("Copied");
  } catch {
    toast("This browser does not let the page copy. Download it instead.", "danger");
  }
}

export async function downloadLog(model: ExecutionModel, view: LogView): Promise<void> {
  const parts = await linesOf(model, view, true);
  const url = URL.createObjectURL(new Blob([parts.join("\n"), "\n"], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "log.txt";
  link.click();
  URL.revokeObjectURL(url);
}

async function linesOf(
  model: ExecutionModel,
  view: LogView,
  withTimes: boolean,
): Promise<string[]> {
  const count = view.length(model.asOf);
  const slices: string[] = [];
  for (let from = 0; from < count; from += SLICE) {
    const lines: string[] = [];
    for (let index = from; index < Math.min(count, from + SLICE); index += 1) {
      lines.push(lineAt(model, view.rowAt(index), withTimes));
    }
    slices.push(lines.join("\n"));
    await frames.rest();
  }
  return slices;
}

function lineAt(model: ExecutionModel, row: number, withTimes: boolean): string {
  const { log } = model.record;
  const text = log.plainTextOf(row, model.asOf);
  if (!withTimes) return text;
  const { at, level, source, stream } = log.rowAt(row);
  return `${new Date(at).toISOString()} ${source === "output" ? (stream ?? "") : level} ${text}`;
}
