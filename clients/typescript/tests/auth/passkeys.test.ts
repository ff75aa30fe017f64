// Passkeys, with a browser that the test plays.

import { afterEach, expect, test, vi } from "vitest";

import { askPasskey, hasPasskeys, makePasskey } from "../../src/index.js";

const OPTIONS = { challenge: "abc" };

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Marks what the browser has made of the server's options. */
function read(json: unknown): unknown {
  return { read: json };
}

function browserThatShows(credential: unknown): void {
  const answer = (asked: { publicKey: unknown }): Promise<unknown> =>
    Promise.resolve(credential && { toJSON: () => ({ id: credential, for: asked.publicKey }) });
  vi.stubGlobal("PublicKeyCredential", {
    parseRequestOptionsFromJSON: read,
    parseCreationOptionsFromJSON: read,
  });
  vi.stubGlobal("navigator", { credentials: { get: answer, create: answer } });
}

test.each([
  ["asked for", askPasskey],
  ["made", makePasskey],
])("a passkey that is %s comes as JSON", async (_, verb) => {
  browserThatShows("key");
  expect(await verb(OPTIONS)).toEqual({ id: "key", for: { read: OPTIONS } });
});

test.each([askPasskey, makePasskey])("a person who shows none has said no", async (verb) => {
  browserThatShows(null);
  await expect(verb(OPTIONS)).rejects.toMatchObject({ name: "NotAllowedError" });
});

test("it is known whether this browser can", () => {
  expect(hasPasskeys()).toBe(false);
  vi.stubGlobal("PublicKeyCredential", {});
  expect(hasPasskeys()).toBe(false);
  browserThatShows("key");
  expect(hasPasskeys()).toBe(true);
});
