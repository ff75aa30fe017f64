// A stream as a connection: what one chunk tells, how it ends, and commands that go beside it.

import { expect, test } from "vitest";

import { Closed } from "../../src/feed/connections.js";
import { MalformedFrame } from "../../src/feed/errors.js";
import { Gate } from "../../src/feed/gate.js";
import { BROKEN } from "../../src/feed/policy.js";
import type { Post } from "../../src/feed/posted_commands.js";
import { StreamConnection } from "../../src/feed/stream_connection.js";
import { event } from "../conformance/cases.js";
import { seqsOf } from "./frames_for_tests.js";

function opened(post: Post = () => Promise.reject(new Error("no command was expected"))) {
  let pulls = 0;
  let left = false;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      pulls += 1;
      controller.enqueue(chunk);
    },
  });
  const leave = (): void => {
    left = true;
  };
  const connection = new StreamConnection(readable, leave, post);
  const writer = writable.getWriter();
  const write = (text: string): void => void writer.write(new TextEncoder().encode(text));
  return { connection, write, writer, pulls: () => pulls, left: () => left };
}

function messageOf(seq: number): string {
  return `id: ${seq}\ndata: ${JSON.stringify(event(seq))}\n\n`;
}

test("events that came together are one frame, in their place between the others", async () => {
  const { connection, write } = opened();
  write(messageOf(1) + messageOf(2) + 'event: lag\ndata: {"behind":3}\n\n' + messageOf(3));
  const frames = [
    await connection.receive(),
    await connection.receive(),
    await connection.receive(),
  ];
  const told = frames.map((one) => (one?.type === "events" ? seqsOf(one.events) : one));
  expect(told).toEqual([[1, 2], { type: "lag", behind: 3 }, [3]]);
});

test("a part of a message and a comment are signs of life", async () => {
  const { connection, write } = opened();
  write(": still here\n\n");
  expect(await connection.receive()).toBeNull();
  write("event: ping\nda");
  expect(await connection.receive()).toBeNull();
  write("ta: {}\n\n");
  expect(await connection.receive()).toEqual({ type: "ping" });
});

test.each(["data: {\n\n", "event: gap\ndata: [1]\n\n", "event: gap\ndata: {}\n\n"])(
  "%j is no frame",
  async (text) => {
    const { connection, write } = opened();
    write(text);
    await expect(connection.receive()).rejects.toThrow(MalformedFrame);
  },
);

test("a stream that is cut is a broken connection, behind what it brought", async () => {
  const { connection, write, writer, left } = opened();
  write(messageOf(1));
  void writer.close();
  expect(await connection.receive()).toMatchObject({ type: "events" });
  await expect(connection.receive()).rejects.toThrow(new Closed(BROKEN, "the stream ended"));
  expect(left()).toBe(true);
});

test("a network that fails is a broken connection", async () => {
  const { connection, writer } = opened();
  void writer.abort(new TypeError("network error"));
  await expect(connection.receive()).rejects.toMatchObject({ code: BROKEN });
});

test("nothing more is taken off the wire while nobody reads", async () => {
  const { connection, write, pulls } = opened();
  for (let seq = 1; seq <= 50; seq += 1) write(messageOf(seq));
  await new Promise(setImmediate);
  expect(pulls()).toBeLessThan(5);
  for (let seq = 1; seq <= 50; seq += 1) await connection.receive();
  expect(pulls()).toBe(50);
});

test("characters that are cut in two are whole", async () => {
  const { connection, writer } = opened();
  const text = `event: error\ndata: {"code":"x","detail":"Grüße, 世界 🚀"}\n\n`;
  const bytes = new TextEncoder().encode(text);
  for (const byte of bytes) void writer.write(Uint8Array.of(byte));
  for (let piece = 1; piece < bytes.length; piece += 1) {
    expect(await connection.receive()).toBeNull();
  }
  expect(await connection.receive()).toMatchObject({ detail: "Grüße, 世界 🚀" });
});

test("a command waits for the answer to the one before", async () => {
  const answers = [new Gate(false), new Gate(true)];
  const sent: string[] = [];
  const { connection } = opened(async (_, key) => {
    sent.push(key);
    await answers[sent.length - 1]?.wait();
    return Response.json({ last_seq: sent.length });
  });
  connection.send({ type: "signal", id: "a", name: "go", data: null });
  connection.send({ type: "cancel", id: "b" });
  await new Promise(setImmediate);
  expect(sent).toEqual(["a"]);
  answers[0]?.open();
  expect([await connection.receive(), await connection.receive()]).toMatchObject([
    { id: "a" },
    { id: "b" },
  ]);
});

interface Sent {
  path: string;
  key: string;
  body: unknown;
}

test("commands go by HTTP under their ids, one after the other, and are answered as by a socket", async () => {
  const sent: Sent[] = [];
  const { connection } = opened(async (path, key, body) => {
    sent.push({ path, key, body });
    if (key === "c")
      return Response.json({ code: "conflict", detail: "it ended" }, { status: 409 });
    return Response.json({ id: "e1", last_seq: sent.length });
  });
  connection.send({ type: "answer", id: "a", question: "q/1", value: false });
  connection.send({ type: "signal", id: "b", name: "go", data: null });
  connection.send({ type: "cancel", id: "c" });
  connection.send({ type: "pong" });
  expect(await connection.receive()).toEqual({ type: "ack", id: "a", seq: 1 });
  expect(await connection.receive()).toEqual({ type: "ack", id: "b", seq: 2 });
  const refusal = { type: "error", id: "c", code: "conflict", detail: "it ended" };
  expect(await connection.receive()).toEqual(refusal);
  expect(sent).toEqual([
    { path: "answers/q%2F1", key: "a", body: { value: false } },
    { path: "signals/go", key: "b", body: { data: null } },
    { path: "cancel", key: "c", body: undefined },
  ]);
});

test.each([
  [503, 1006],
  [429, 4529],
  [401, 4401],
])("a command answered with %d ends the stream, so that it is sent again", async (status, code) => {
  const headers = { "retry-after": "7" };
  const { connection } = opened(async () => new Response("<html>", { status, headers }));
  connection.send({ type: "cancel", id: "c" });
  await expect(connection.receive()).rejects.toMatchObject({ code, retryAfter: 7_000 });
});

test("a command that no answer came to ends the stream, so that it is sent again", async () => {
  const { connection } = opened(() => Promise.reject(new TypeError("Failed to fetch")));
  connection.send({ type: "cancel", id: "c" });
  await expect(connection.receive()).rejects.toMatchObject({ code: BROKEN });
});
