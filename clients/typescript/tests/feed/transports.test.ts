// Which way the next connection goes.

import { expect, test } from "vitest";

import { STREAM_FOR_MS, Transports } from "../../src/feed/transports.js";

test("a socket is tried until two in a row have failed, then the stream", () => {
  const transports = new Transports("auto");
  transports.failed("websocket");
  expect(transports.next(0)).toBe("websocket");
  transports.failed("websocket");
  expect(transports.next(0)).toBe("sse");
});

test("a stream that works is kept for a while, then a socket gets one more chance", () => {
  const transports = new Transports("auto");
  transports.failed("websocket");
  transports.failed("websocket");
  transports.worked("sse", 1_000);
  expect(transports.next(1_000 + STREAM_FOR_MS - 1)).toBe("sse");
  expect(transports.next(1_000 + STREAM_FOR_MS)).toBe("websocket");
  transports.failed("websocket");
  expect(transports.next(1_000 + STREAM_FOR_MS)).toBe("sse");
});

test("a stream that fails too says that nothing gets through: the socket is next", () => {
  const transports = new Transports("auto");
  transports.failed("websocket");
  transports.failed("websocket");
  transports.failed("sse");
  expect(transports.next(0)).toBe("websocket");
});

test("a stream that fails within its while gives the socket its chance at once", () => {
  const transports = new Transports("auto");
  transports.worked("sse", 1_000);
  transports.failed("sse");
  expect(transports.next(1_001)).toBe("websocket");
});

test("a socket that works forgets the failures before it", () => {
  const transports = new Transports("auto");
  transports.failed("websocket");
  transports.worked("websocket", 0);
  transports.failed("websocket");
  expect(transports.next(0)).toBe("websocket");
});

test("what the program asks for is what it gets", () => {
  const transports = new Transports("websocket");
  transports.failed("websocket");
  transports.failed("websocket");
  expect(transports.next(0)).toBe("websocket");
  expect(new Transports("sse").next(0)).toBe("sse");
});

test("watches share that streams work, and not each other's failures", () => {
  const learnt = { streamUntil: 0 };
  const [one, other] = [new Transports("auto", learnt), new Transports("auto", learnt)];
  one.failed("websocket");
  other.failed("websocket");
  one.failed("websocket");
  expect([one.next(0), other.next(0)]).toEqual(["sse", "websocket"]);
  one.worked("sse", 0);
  expect(other.next(0)).toBe("sse");
});
