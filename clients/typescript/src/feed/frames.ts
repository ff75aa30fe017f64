// The frames of the feed, both ways. Pure: text in, checked frame out. A frame of a type that this
// client does not know is null, as the protocol asks; fields that it does not know are left alone.

import type {
  AckFrame,
  AnswerFrame,
  CancelFrame,
  ClientFrame,
  ErrorFrame,
  ExecutionEvent,
  Execution,
  HelloFrame,
  ServerFrame,
  SignalFrame,
  State,
} from "../api/index.js";
import { MalformedFrame } from "./errors.js";

export type { ClientFrame, ServerFrame, State };

/** One entry of an execution's log; `seq` counts 1, 2, 3, … without a gap. */
export type FeedEvent = Readonly<ExecutionEvent>;
/** The execution as a hello shows it. */
export type FeedExecution = Readonly<Execution>;
export type Hello = HelloFrame;
export type Command = AnswerFrame | SignalFrame | CancelFrame;
export type CommandAnswer = AckFrame | ErrorFrame;

/** The frame that a message holds; throws MalformedFrame where it holds none. */
export function parseFrame(text: string): ServerFrame | null {
  return readFrame(parseJson(text));
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedFrame("a message that is no JSON");
  }
}

/** The frame that a JSON value tells; null for a type not known here. */
export function readFrame(document: unknown): ServerFrame | null {
  if (!isObject(document)) throw new MalformedFrame("a frame that is no object");
  const check = typeof document["type"] === "string" ? CHECKS.get(document["type"]) : undefined;
  if (check === undefined) return null;
  if (!check(document)) throw new MalformedFrame(`a broken ${String(document["type"])} frame`);
  return document as ServerFrame;
}

type Document = Readonly<Record<string, unknown>>;

// A heartbeat of nothing would never rest; a seq that is no whole number would break the cursor.
const CHECKS: ReadonlyMap<string, (frame: Document) => boolean> = new Map([
  ["hello", isHello],
  ["events", (frame) => Array.isArray(frame["events"]) && frame["events"].every(isEvent)],
  ["caught_up", (frame) => isCount(frame["seq"])],
  ["gap", (frame) => isCount(frame["from"]) && isCount(frame["to"])],
  ["lag", (frame) => isCount(frame["behind"])],
  ["ping", () => true],
  ["pong", () => true],
  ["auth_expiring", (frame) => isDuration(frame["expires_in"])],
  ["ack", (frame) => typeof frame["id"] === "string"],
  ["error", (frame) => typeof frame["code"] === "string"],
  ["end", (frame) => typeof frame["state"] === "string"],
]);

function isHello(frame: Document): boolean {
  const { execution, oldest, head, heartbeat } = frame;
  const shown = isObject(execution) && typeof execution["state"] === "string";
  return shown && isCount(oldest) && isCount(head) && isDuration(heartbeat);
}

function isEvent(event: unknown): boolean {
  return isObject(event) && isCount(event["seq"]) && typeof event["kind"] === "string";
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value);
}

function isDuration(value: unknown): boolean {
  return typeof value === "number" && value > 0;
}

function isObject(value: unknown): value is Document {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
