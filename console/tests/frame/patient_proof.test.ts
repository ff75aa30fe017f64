import { expect, test, vi } from "vitest";

import { proof } from "../../src/proof.ts";
import { api } from "../../src/runcast.ts";

const REFUSAL = { status: 403, code: "proof_required", title: "Forbidden", detail: "prove it" };

test("a person may take minutes to prove who they are", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const answers = [Response.json(REFUSAL, { status: 403 }), Response.json({ items: [] })];
  vi.stubGlobal("fetch", async (request: Request) => {
    request.signal.throwIfAborted();
    return answers.shift();
  });
  const asked = api.listKeys();
  await vi.waitUntil(() => proof.getState().settle !== null);
  await vi.advanceTimersByTimeAsync(300_000);
  proof.getState().settle?.(true);
  expect(await asked).toEqual({ items: [] });
});
