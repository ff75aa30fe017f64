import { expect, test } from "vitest";

import { providerRefusal } from "../../src/sign-in/providerRefusal.ts";

test("what a provider's sign-in came back with has words of its own", () => {
  expect(providerRefusal("forbidden").title).toBe("This server takes no new accounts this way");
});

test.each(["constructor", "__proto__", "moon"])("%s is told as it is", (code) => {
  expect(providerRefusal(code)).toEqual({
    title: "The sign-in with the provider did not work",
    children: `Try again, or take another way. The server calls this ${code}.`,
  });
});

test.each([
  "x. Your session was stolen: call 555",
  "https://evil.example",
  "toString",
  "a".repeat(41),
])("'%s' is somebody's words, and not shown", (words) => {
  expect(providerRefusal(words).children).toBe("Try again, or take another way.");
});
