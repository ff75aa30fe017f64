// How a watch begins: whose token it brings, and which way it goes where there is no WebSocket.

import { afterEach, expect, test, vi } from "vitest";

import { Feeds, fixedCredentials } from "../../src/feed/index.js";
import { Bench, END } from "./bench.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ["a share token", "rcw_share"],
  ["nobody", null],
])("%s may watch in the place of who is signed in", async (_, token) => {
  const bench = new Bench([{ after: "0", token, script: [{ hello: 0 }, ...END] }]);
  const found = await bench.found(bench.program.run(bench.feeds.watch("e1", { token })));
  expect(found).toMatchObject({ outcome: "ended" });
});

test("a share token that was revoked says so, and nobody is asked for another", async () => {
  const bench = new Bench([{ after: "0", token: "rcw_share", script: [{ close: 4401 }] }]);
  const watch = bench.feeds.watch("e1", { token: "rcw_share" });
  expect(await bench.found(bench.program.run(watch))).toMatchObject({ outcome: "signed_out" });
});

test("where there is no WebSocket the feed is a stream", async () => {
  vi.stubGlobal("WebSocket", undefined);
  const { server, program } = new Bench([
    { after: "0", transport: "sse", script: [{ hello: 0 }, ...END] },
  ]);
  const credentials = fixedCredentials("key");
  const feeds = new Feeds({ baseUrl: "http://a.test", credentials, fetch: server.fetch });
  expect(await program.run(feeds.watch("e1"))).toMatchObject({ outcome: "ended" });
});

test("the platform's fetch is called as it wants to be, as nobody's method", async () => {
  const { server, program } = new Bench([{ after: "0", script: [{ hello: 0 }, ...END] }]);
  vi.stubGlobal("fetch", function fetch(this: unknown, url: string, init: RequestInit) {
    if (this !== globalThis) throw new TypeError("Illegal invocation");
    return server.fetch(url, init);
  });
  const feeds = new Feeds({ baseUrl: "http://a.test", credentials: fixedCredentials("key") });
  const watch = feeds.watch("e1", { transport: "sse" });
  expect(await program.run(watch)).toMatchObject({ outcome: "ended" });
});
