// A client that nobody holds any more is let go, with its tokens.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { expect, test, vi } from "vitest";

import { createRuncast, type RuncastOptions } from "../src/index.js";
import { BASE_URL } from "./tools/fake_server.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function dropped(options: RuncastOptions, isClosed: boolean): WeakRef<object> {
  const runcast = createRuncast({ baseUrl: BASE_URL, ...options });
  if (isClosed) runcast.close();
  return new WeakRef(runcast.auth);
}

async function isLetGo(client: WeakRef<object>): Promise<void> {
  // The generated API holds the latest client of all, and no other.
  createRuncast({ baseUrl: BASE_URL, token: "rck_latest" });
  await vi.waitFor(() => {
    collect();
    // What an assertion is told of is held by its failure.
    expect(client.deref() === undefined).toBe(true);
  });
}

test.each<[string, RuncastOptions]>([
  ["a given token", { token: "rck_1" }],
  ["its token in memory", { storage: "memory" }],
])("one with %s, which hears nobody, without being closed", async (_, options) => {
  await isLetGo(dropped(options, false));
});

test("one that hears the others of its process, once it is closed", async () => {
  const open = dropped({ storage: "cookie" }, false);
  await isLetGo(dropped({ storage: "cookie" }, true));
  expect(open.deref()).toBeDefined();
});
