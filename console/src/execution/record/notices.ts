// What the log shows of events that are neither logged nor printed: one line of plain words each, for
// those that someone who reads the log would miss.
import type { Gap } from "runcast";

import { errorOf } from "./journal.ts";
import {
  fieldsOf,
  numberOrNull,
  textOf,
  timeOf,
  type FeedEvent,
  type Fields,
} from "./feed_event.ts";
import type { Level } from "./levels.ts";

export interface Notice {
  readonly level: Level;
  readonly text: string;
}

type Teller = (data: Fields, event: FeedEvent) => Notice | null;

// A map: a handler may call its own events "constructor".
const TELLERS: ReadonlyMap<string, Teller> = new Map<string, Teller>([
  ["execution.queued", queued],
  ["execution.started", (_, { attempt }) => info(started(attempt))],
  ["execution.waiting", (data) => info(`Waits for ${waits(data["for"])}`)],
  ["execution.resumed", () => info("What it waited for has come")],
  ["execution.retrying", retrying],
  ["execution.superseded", superseded],
  ["execution.succeeded", () => info("Succeeded")],
  ["execution.failed", (data) => error(`Failed: ${errorOf(data) ?? "no reason given"}`)],
  ["execution.cancelled", (data) => warning(withReason("Cancelled", data["reason"]))],
  ["cancel.requested", () => warning("Asked to cancel")],
  ["question", (data) => info(`Asks: ${textOf(data["prompt"])}`)],
  ["answer", (data) => info(`Answered: ${shortJson(data["value"])}`)],
  ["signal", (data) => info(`Signal ${textOf(data["name"])}: ${shortJson(data["data"])}`)],
  ["child.started", (data) => info(`Started ${textOf(data["key"])}`)],
  ["step.failed", stepFailed],
]);
const SILENT: ReadonlySet<string> = new Set([
  "step.started",
  "step.succeeded",
  "progress",
  "log",
  "output",
  "metric",
]);

/** The line that tells of an event; null for one of which the log says nothing. */
export function noticeOf(event: FeedEvent): Notice | null {
  if (SILENT.has(event.kind)) return null;
  const teller = TELLERS.get(event.kind);
  if (teller !== undefined) return teller(event.data, event);
  return info(`${event.kind} ${shortJson(event.data)}`);
}

/** The line that tells of an event that could not be read. */
export function unreadNotice({ seq }: FeedEvent): Notice {
  return warning(`Event ${seq} could not be shown`);
}

export function gapNotice({ first, last }: Gap): Notice {
  const which = first === last ? `Event ${first} is` : `Events ${first} to ${last} are`;
  return warning(`${which} no longer kept`);
}

function queued(data: Fields): Notice {
  if (data["reason"] === "worker_lost") return warning("Queued again, because its worker was lost");
  if (data["reason"] === "handed_back") return info("Queued again, because its worker stopped");
  return info(
    data["retry_of"] === undefined ? "Queued" : "Queued, to go on where another one ended",
  );
}

/** Not by which worker: its id says nothing to people, and its name is for administrators. */
function started(attempt: number): string {
  return attempt > 1 ? `Started, attempt ${attempt}` : "Started";
}

function retrying(data: Fields): Notice {
  const when = timeOf(textOf(data["next_at"]));
  const again = Number.isNaN(when) ? "" : `; tries again at ${new Date(when).toLocaleTimeString()}`;
  return warning(`Failed: ${errorOf(data) ?? "no reason given"}${again}`);
}

function superseded(data: Fields): Notice {
  const attempt = numberOrNull(data["attempt"]) ?? "?";
  return warning(`Attempt ${attempt} was cut short; what it said last counts no more`);
}

function stepFailed(data: Fields): Notice {
  if (data["of"] === "question") return warning("Nobody answered in time");
  const again = data["will_retry"] === true ? "; tries again" : "";
  return warning(`${textOf(data["key"])} failed: ${errorOf(data) ?? "no reason given"}${again}`);
}

function waits(list: unknown): string {
  const each = Array.isArray(list) ? list.map((wait: unknown) => waitShown(fieldsOf(wait))) : [];
  return each.length === 0 ? "something" : each.join(", ");
}

function waitShown(wait: Fields): string {
  if ("question" in wait) return "an answer";
  if ("signal" in wait) return `the signal ${textOf(wait["signal"])}`;
  if ("timer" in wait) return `a timer until ${timeShown(wait["timer"])}`;
  return "child" in wait ? "another execution" : textOf(wait["key"]);
}

function timeShown(value: unknown): string {
  const at = timeOf(textOf(value));
  return Number.isNaN(at) ? textOf(value) : new Date(at).toLocaleString();
}

function withReason(text: string, reason: unknown): string {
  return textOf(reason) === "" ? text : `${text}: ${textOf(reason)}`;
}

function shortJson(value: unknown): string {
  const json = JSON.stringify(value) ?? "null";
  return json.length > 500 ? `${json.slice(0, 500)}…` : json;
}

function info(text: string): Notice {
  return { level: "info", text };
}

function warning(text: string): Notice {
  return { level: "warning", text };
}

function error(text: string): Notice {
  return { level: "error", text };
}
