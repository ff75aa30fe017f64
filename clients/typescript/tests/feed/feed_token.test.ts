// The token of a feed: which is asked for when, and what a refusal of it comes to.

import { beforeEach, expect, test } from "vitest";

import type { Credentials } from "../../src/auth/credentials.js";
import { FeedToken } from "../../src/feed/feed_token.js";
import { WatchSignedOut } from "../../src/feed/index.js";
import { BROKEN } from "../../src/feed/policy.js";
import { ADA, BOB, tokenOf } from "../tools/fake_server.js";

let asked: string[];
let next: (string | null | Error)[];

const credentials: Credentials = {
  token: () => answer("token"),
  renew: (rejected) => answer(`renew ${rejected}`),
  refuse: (renewed) => void asked.push(`refuse ${renewed}`),
};

async function answer(question: string): Promise<string | null> {
  asked.push(question);
  const given = next.shift() ?? null;
  if (given instanceof Error) throw given;
  return given;
}

beforeEach(() => {
  asked = [];
  next = [];
});

test("one that was refused is renewed, once, and asked for as ever from then on", async () => {
  next = ["a", "b", "b"];
  const token = new FeedToken(credentials);
  await token.ask();
  token.reject("");
  expect([await token.ask(), await token.ask()]).toEqual(["b", "b"]);
  expect(asked).toEqual(["token", "renew a", "token"]);
});

test.each([null, "a"])("%s in the place of one that was refused is none", async (other) => {
  next = ["a", other];
  const token = new FeedToken(credentials);
  await token.ask();
  token.reject("");
  await expect(token.ask()).rejects.toThrow(WatchSignedOut);
});

test.each([tokenOf(BOB, 1), null])("a feed does not go on as somebody else: %s", async (other) => {
  next = [tokenOf(ADA, 1), tokenOf(ADA, 2), other];
  const token = new FeedToken(credentials);
  await token.ask();
  expect(await token.ask()).toBe(tokenOf(ADA, 2));
  await expect(token.ask()).rejects.toThrow(WatchSignedOut);
});

test("nobody's goes on as who has signed in by now", async () => {
  next = [null, tokenOf(ADA, 1)];
  const token = new FeedToken(credentials);
  expect([await token.ask(), await token.ask()]).toEqual([null, tokenOf(ADA, 1)]);
});

test("nobody has nothing to renew and nothing to lose", async () => {
  const token = new FeedToken(credentials);
  expect([await token.ask(), await token.renew()]).toEqual([null, null]);
  token.giveUp();
  expect(() => token.reject("sign in first")).toThrow(new WatchSignedOut("sign in first"));
  expect(asked).toEqual(["token"]);
});

test("one that expires is kept where there is no other", async () => {
  next = ["a", null, "b"];
  const token = new FeedToken(credentials);
  await token.ask();
  await token.renew();
  await token.renew();
  token.giveUp();
  expect(asked).toEqual(["token", "renew a", "renew a", "refuse b"]);
});

test("a server that cannot be asked is a broken connection, and the question stays", async () => {
  next = ["a", new Error("down"), "b"];
  const token = new FeedToken(credentials);
  await token.ask();
  token.reject("");
  await expect(token.ask()).rejects.toMatchObject({ code: BROKEN });
  expect(await token.ask()).toBe("b");
  expect(asked.slice(1)).toEqual(["renew a", "renew a"]);
});
