import { afterEach, expect, test, vi } from "vitest";

import { frames } from "../../src/execution/live/frames.ts";

afterEach(() => vi.unstubAllGlobals());

test("a rest leaves no port open where the browser has none of its own", async () => {
  const channels: MessageChannel[] = [];
  class Counted extends MessageChannel {
    constructor() {
      super();
      channels.push(this);
    }
  }
  vi.stubGlobal("scheduler", undefined);
  vi.stubGlobal("MessageChannel", Counted);
  const closed = vi.fn();
  const resting = frames.rest();
  channels[0]?.port2.addEventListener("close", closed);
  await resting;
  await vi.waitFor(() => expect(closed).toHaveBeenCalledOnce());
});
