// What a Runcast is made of, and where it sends what.

import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { createRuncast, VERSION } from "../src/index.js";
import { BASE_URL, FakeServer } from "./tools/fake_server.js";

test("a slash at the end of the address is none too many", async () => {
  const server = new FakeServer();
  server.good.add("rck_1");
  const options = { baseUrl: `${BASE_URL}//`, token: "rck_1", fetch: server.fetch };
  await createRuncast(options).api.listItems();
  expect(server.asked.map(({ path }) => path)).toEqual(["/api/items"]);
});

test("a feed asks with the same token, by the same fetch", async () => {
  const server = new FakeServer();
  server.answer("/api/executions/e1/events", () => new Response(null, { status: 204 }));
  const runcast = createRuncast({ baseUrl: BASE_URL, token: "rck_1", fetch: server.fetch });
  for await (const event of runcast.watch("e1", { transport: "sse" })) expect(event).toBeNull();
  expect(server.asked).toMatchObject([{ path: "/api/executions/e1/events", token: "rck_1" }]);
});

test("a watch may go by a token of its own", async () => {
  const server = new FakeServer();
  server.answer("/api/executions/e1/events", () => new Response(null, { status: 204 }));
  const runcast = createRuncast({ baseUrl: BASE_URL, storage: "memory", fetch: server.fetch });
  const watch = runcast.watch("e1", { transport: "sse", token: "rcw_1" });
  for await (const event of watch) expect(event).toBeNull();
  expect(server.asked.map(({ token }) => token)).toEqual(["rcw_1"]);
});

test("a request that is called off is no failure of the server", async () => {
  const server = new FakeServer();
  const runcast = createRuncast({
    baseUrl: BASE_URL,
    token: "rck_1",
    fetch: async (request) => {
      request.signal.throwIfAborted();
      return server.fetch(request);
    },
  });
  const called = runcast.api.listItems({ signal: AbortSignal.abort() });
  await expect(called).rejects.toMatchObject({ name: "AbortError" });
});

test("the version is the package's", () => {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  expect((JSON.parse(text) as { version: string }).version).toBe(VERSION);
});
