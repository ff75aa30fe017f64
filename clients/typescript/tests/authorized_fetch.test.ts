// Requests under a credential.

import { beforeEach, expect, test } from "vitest";

import type { Credentials } from "../src/auth/credentials.js";
import { authorizedFetch } from "../src/authorized_fetch.js";
import { problem } from "./tools/fake_server.js";

const ADDRESS = "http://runcast.test/api/items";

let sent: (string | null)[];
let answers: Response[];
let refused: string[];

beforeEach(() => {
  sent = [];
  answers = [];
  refused = [];
});

async function send({ headers }: Request): Promise<Response> {
  sent.push(headers.get("Authorization"));
  return answers.shift() ?? Response.json({});
}

function fetchWith(renewed: string | null) {
  const credentials: Credentials = {
    token: () => Promise.resolve("first"),
    renew: (rejected) => Promise.resolve(renewed && `${renewed} for ${rejected}`),
    refuse: (token) => void refused.push(token),
  };
  return authorizedFetch(send, credentials);
}

function requestWith(authorization?: string): Request {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  return new Request(ADDRESS, { method: "POST", body: "{}", headers });
}

test("a token that was refused is replaced, once", async () => {
  answers = [problem(401, "invalid_token")];
  expect((await fetchWith("second")(requestWith("Bearer first"))).ok).toBe(true);
  expect(sent).toEqual(["Bearer first", "Bearer second for first"]);
  expect(refused).toEqual([]);
});

test("one that is refused as well is told of, and nothing is sent a third time", async () => {
  answers = [problem(401, "invalid_token"), problem(401, "invalid_token")];
  const asked = fetchWith("second")(requestWith("Bearer first"));
  await expect(asked).rejects.toMatchObject({ status: 401 });
  expect([sent.length, refused]).toEqual([2, ["second for first"]]);
});

test("without another token the refusal stands, and nothing is sent again", async () => {
  answers = [problem(401, "invalid_token")];
  await expect(fetchWith(null)(requestWith("Bearer first"))).rejects.toMatchObject({ status: 401 });
  expect(sent).toEqual(["Bearer first"]);
});

test.each([undefined, "Basic abc"])("what carries %s is sent as it is", async (authorization) => {
  answers = [problem(401, "unauthenticated")];
  await expect(fetchWith("second")(requestWith(authorization))).rejects.toMatchObject({
    status: 401,
  });
  expect(sent).toEqual([authorization ?? null]);
});
