import { RuncastError, Unreachable, WatchRefused, WatchSignedOut } from "runcast";
import { describe, expect, test } from "vitest";

import { endOfLink, endOfWatch } from "../../src/execution/status/gone.ts";

describe("a share link", () => {
  test.each([
    ["its feed is refused", new WatchSignedOut("the credential was refused")],
    ["its execution is deleted under it", new WatchRefused(4404, "no such execution")],
    ["the page is opened too late", new RuncastError(401, {})],
    ["its execution is found no more", new RuncastError(404, {})],
  ])("has ended where %s", (_, error) => {
    expect(endOfLink(error)?.title).toBe("This link has ended");
  });

  test.each([
    ["the server cannot be reached", new Unreachable(null)],
    ["the server fails", new RuncastError(503, {})],
    ["nothing went wrong", null],
  ])("may work again where %s", (_, error) => {
    expect(endOfLink(error)).toBeNull();
  });
});

describe("a watch of one's own", () => {
  test.each([
    [new WatchRefused(4404, "no such execution"), "This execution is not there any more"],
    [new WatchRefused(4403, "not this key"), "The server lets this page watch no more"],
    [new WatchSignedOut("nobody is signed in"), "This execution is not public any more"],
  ])("that ended with %s says so", (error, title) => {
    expect(endOfWatch(error)?.title).toBe(title);
  });

  test("that broke by itself may be taken up again", () => {
    expect(endOfWatch(new Error("malformed"))).toBeNull();
  });
});
