// Frames as the server would send them, checked as the client checks them.

import { type FeedEvent, readFrame, type ServerFrame } from "../../src/feed/frames.js";
import { event, hello } from "../conformance/cases.js";

export function frame(document: Record<string, unknown>): ServerFrame {
  const read = readFrame(document);
  if (read === null) throw new Error(`an unknown frame: ${JSON.stringify(document)}`);
  return read;
}

export function events(...seqs: number[]): readonly FeedEvent[] {
  const read = eventsFrame(...seqs);
  return read.type === "events" ? read.events : [];
}

export function eventsFrame(...seqs: number[]): ServerFrame {
  return frame({ type: "events", events: seqs.map(event) });
}

export function helloFrame(head: number): ServerFrame {
  return frame(hello(head));
}

export function seqsOf(some: readonly FeedEvent[]): number[] {
  return some.map(({ seq }) => seq);
}
