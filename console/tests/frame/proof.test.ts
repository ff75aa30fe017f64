import { describe, expect, test, vi } from "vitest";

import { askForProof, proof, proving } from "../../src/proof.ts";

const ADDRESS = "http://localhost/api/auth/keys";

function problem(status: number, code: string): Response {
  return Response.json({ status, code }, { status });
}

function post(): Request {
  return new Request(ADDRESS, { method: "POST", body: '{"name":"laptop"}' });
}

/** A server that answers with these, one after the other, and keeps the bodies that it was sent. */
function serverOf(...answers: Response[]) {
  const bodies: string[] = [];
  const send = async (request: Request) => {
    bodies.push(await request.text());
    const answer = answers.shift();
    if (answer === undefined) throw new Error("asked once too often");
    return answer;
  };
  return { bodies, send };
}

describe("a request that asks for a proof", () => {
  test("is sent again, whole, once it is proved", async () => {
    const { bodies, send } = serverOf(problem(403, "proof_required"), Response.json({ ok: true }));
    const answer = await proving(send, async () => true)(post());
    expect(answer.status).toBe(200);
    expect(bodies).toEqual(['{"name":"laptop"}', '{"name":"laptop"}']);
  });

  test("stays refused where the person declines, and the refusal can still be read", async () => {
    const { bodies, send } = serverOf(problem(403, "proof_required"));
    const answer = await proving(send, async () => false)(post());
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: "proof_required" });
    expect(bodies).toHaveLength(1);
  });

  test.each([
    ["another refusal", problem(403, "forbidden")],
    ["a refusal that is no JSON", new Response("<html>", { status: 403 })],
    ["a good answer", Response.json({ code: "proof_required" })],
  ])("%s asks nobody", async (_what, answer) => {
    const prove = vi.fn(async () => true);
    const { send } = serverOf(answer);
    expect(await proving(send, prove)(post())).toBe(answer);
    expect(prove).not.toHaveBeenCalled();
  });
});

describe("the dialog", () => {
  test("is opened once for all who ask at the same time", async () => {
    const first = askForProof();
    const second = askForProof();
    expect(second).toBe(first);
    proof.getState().settle?.(true);
    await expect(first).resolves.toBe(true);
  });

  test("is closed once it is answered, and opens again for the next", async () => {
    const asked = askForProof();
    expect(proof.getState().settle).not.toBeNull();
    proof.getState().settle?.(false);
    await expect(asked).resolves.toBe(false);
    expect(proof.getState().settle).toBeNull();
    const again = askForProof();
    expect(again).not.toBe(asked);
    proof.getState().settle?.(true);
    await again;
  });
});
