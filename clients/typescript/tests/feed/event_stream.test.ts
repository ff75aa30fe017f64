// The text/event-stream format, in pieces cut anywhere.

import { expect, test } from "vitest";

import { EventStreamParser, type Message } from "../../src/feed/event_stream.js";

function messagesOf(pieces: readonly string[]): Message[] {
  const parser = new EventStreamParser();
  return pieces.flatMap((piece) => parser.feed(piece));
}

const STREAM =
  'event: hello\ndata: {"a":1}\n\n: a comment\nid: 1\ndata:x\r\ndata: y\r\n\r\nid: 2\r\r';
const MESSAGES = [
  { name: "hello", data: '{"a":1}' },
  { name: "", data: "x\ny" },
];

test("every cut of a stream tells the same messages", () => {
  for (let at = 0; at <= STREAM.length; at += 1) {
    expect(messagesOf([STREAM.slice(0, at), STREAM.slice(at)])).toEqual(MESSAGES);
  }
  expect(messagesOf([...STREAM])).toEqual(MESSAGES);
});

test("a U+2028 ends no line, and a field without a colon has no value", () => {
  expect(messagesOf(["data: a\u2028b\ndata\n\n"])).toEqual([{ name: "", data: "a\u2028b\n" }]);
});

test("a message without data is none, and its name is not the next one's", () => {
  expect(messagesOf(["event: ping\n\ndata: 1\n\n"])).toEqual([{ name: "", data: "1" }]);
});
