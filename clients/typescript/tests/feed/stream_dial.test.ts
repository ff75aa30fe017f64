// How a stream is asked for, and what an answer without one means.

import { expect, test } from "vitest";

import { BROKEN, DONE } from "../../src/feed/policy.js";
import { aborted } from "../../src/feed/races.js";
import { streamDial } from "../../src/feed/stream_dial.js";

const anySignal = new AbortController().signal;

function answering(answer: () => Response | Promise<Response>) {
  const asked: { url: string; init: RequestInit }[] = [];
  const dial = streamDial("http://a.test", "e1", async (url, init) => {
    asked.push({ url, init });
    return answer();
  });
  return { dial, asked };
}

test("the cursor and the token stand in the head, and no token in the address", async () => {
  const { dial, asked } = answering(() => new Response("data: {}\n\n"));
  (await dial(7, "secret", anySignal)).close();
  expect(asked[0]?.url).toBe("http://a.test/api/executions/e1/events?after=7");
  expect(asked[0]?.init.headers).toEqual({
    Accept: "text/event-stream",
    Authorization: "Bearer secret",
    "Last-Event-ID": "7",
  });
});

test("a watch of the latest by nobody names neither", async () => {
  const { dial, asked } = answering(() => new Response("data: {}\n\n"));
  (await dial("latest", null, anySignal)).close();
  expect(asked[0]?.init.headers).toEqual({ Accept: "text/event-stream" });
});

test.each([
  [204, null, DONE, ""],
  [404, { detail: "no such execution" }, 4404, "no such execution"],
  [502, null, BROKEN, "HTTP 502"],
])("HTTP %d closes as the code that says the same", async (status, problem, code, reason) => {
  const body = problem === null ? null : JSON.stringify(problem);
  const { dial } = answering(() => new Response(body, { status }));
  await expect(dial(0, null, anySignal)).rejects.toMatchObject({ code, reason });
});

test("no answer is a broken connection", async () => {
  const { dial } = answering(() => Promise.reject(new TypeError("Failed to fetch")));
  await expect(dial(0, null, anySignal)).rejects.toMatchObject({ code: BROKEN });
});

test("the signal calls the opening off, and does nothing to a stream that is open", async () => {
  const leaving = new AbortController();
  const { dial, asked } = answering(() => new Response(new ReadableStream()));
  const connection = await dial(0, null, leaving.signal);
  leaving.abort();
  expect(asked[0]?.init.signal?.aborted).toBe(false);
  connection.close();
  expect(asked[0]?.init.signal?.aborted).toBe(true);
});

test("an opening that is called off calls its request off", async () => {
  const leaving = new AbortController();
  const dial = streamDial("http://a.test", "e1", (_, { signal }) => {
    if (!signal) throw new Error("a request without a signal");
    return aborted(signal);
  });
  const dialled = dial(0, null, leaving.signal);
  leaving.abort();
  await expect(dialled).rejects.toMatchObject({ code: BROKEN });
});

test("a command carries its key and the token of its stream", async () => {
  const { dial, asked } = answering(() =>
    asked.length === 1 ? new Response(new ReadableStream()) : Response.json({ last_seq: 3 }),
  );
  const connection = await dial(0, "secret", anySignal);
  connection.send({ type: "signal", id: "s1", name: "go", data: { by: "ada" } });
  expect(await connection.receive()).toEqual({ type: "ack", id: "s1", seq: 3 });
  expect(asked[1]).toEqual({
    url: "http://a.test/api/executions/e1/signals/go",
    init: {
      method: "POST",
      headers: {
        "Idempotency-Key": "s1",
        "Content-Type": "application/json",
        Authorization: "Bearer secret",
      },
      body: '{"data":{"by":"ada"}}',
    },
  });
});
