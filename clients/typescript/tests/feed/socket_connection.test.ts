// A socket as a connection: what it says first, and what becomes of one that is not read.

import { expect, test } from "vitest";

import { Closed } from "../../src/feed/connections.js";
import { FeedError } from "../../src/feed/errors.js";
import { BROKEN } from "../../src/feed/policy.js";
import { socketDial } from "../../src/feed/socket_connection.js";
import { FakeSocket } from "../conformance/wires.js";

function dialled(after: number | "latest", token: string | null, signal: AbortSignal) {
  const sockets: (FakeSocket & { url: string; protocols: string[] })[] = [];
  class Socket extends FakeSocket {
    constructor(
      readonly url: string,
      readonly protocols: string[],
    ) {
      super();
      sockets.push(this);
    }
  }
  const connecting = socketDial("http://a.test", "e1", Socket)(after, token, signal);
  return { connecting, socket: sockets[0] as (typeof sockets)[0] };
}

const anySignal = new AbortController().signal;

test("it offers the subprotocol, and says in its first frame who speaks", async () => {
  const { connecting, socket } = dialled(7, "rcw_token", anySignal);
  socket.tell("open", {});
  await connecting;
  expect([socket.url, socket.protocols]).toEqual(["ws://a.test/ws/e1?after=7", ["runcast.v1"]]);
  expect(socket.sent.all).toEqual([{ type: "auth", token: "rcw_token" }]);
});

test("what was received before the end is read before it", async () => {
  const { connecting, socket } = dialled(0, null, anySignal);
  socket.tell("open", {});
  const connection = await connecting;
  socket.tell("message", { data: '{"type":"ping"}' });
  socket.end(4508, "no sign of life");
  expect(await connection.receive()).toEqual({ type: "ping" });
  await expect(connection.receive()).rejects.toThrow(new Closed(4508, "no sign of life"));
});

test("an opening that fails is a broken connection", async () => {
  const { connecting, socket } = dialled(0, null, anySignal);
  socket.tell("error", {});
  socket.end(BROKEN, "");
  await expect(connecting).rejects.toThrow(new Closed(BROKEN));
});

test("an opening that is called off closes the socket", async () => {
  const leaving = new AbortController();
  const { connecting, socket } = dialled(0, null, leaving.signal);
  leaving.abort(new Error("left"));
  await expect(connecting).rejects.toThrow("left");
  await socket.gone;
});

test("a socket that brings more than is read is left, and what it brought is kept", async () => {
  const { connecting, socket } = dialled(0, null, anySignal);
  socket.tell("open", {});
  const connection = await connecting;
  const data = JSON.stringify({ type: "ping", filling: "x".repeat(1024 * 1024) });
  for (let sent = 0; sent < 16; sent += 1) socket.tell("message", { data });
  await socket.gone;
  for (let read = 0; read < 16; read += 1) {
    expect(await connection.receive()).toMatchObject({ type: "ping" });
  }
  await expect(connection.receive()).rejects.toThrow("faster than it was read");
});

test("where there is no WebSocket, asking for one says what to do", async () => {
  const dial = socketDial("http://a.test", "e1");
  await expect(dial(0, null, anySignal)).rejects.toThrow(FeedError);
});

test("a socket that may not even be made is a broken connection", async () => {
  class Forbidden extends FakeSocket {
    constructor(url: string) {
      super();
      throw new DOMException(`${url} is forbidden`, "SecurityError");
    }
  }
  const dial = socketDial("http://a.test", "e1", Forbidden);
  await expect(dial(0, null, anySignal)).rejects.toMatchObject({ code: BROKEN });
});
