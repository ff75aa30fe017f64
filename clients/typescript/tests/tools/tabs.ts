// Tabs of one browser in one process: they share the server's cookie, the lock and the channel.

import { processChannel } from "../../src/auth/channel.js";
import { processLocks } from "../../src/auth/locks.js";
import { createRuncast, type Runcast, type RuncastOptions } from "../../src/runcast.js";
import { BASE_URL, type FakeServer } from "./fake_server.js";

let browsers = 0;

export interface Browser {
  open(options?: RuncastOptions): Runcast;
  /** A tab in which Ada is signed in. */
  openSignedIn(): Promise<Runcast>;
}

export function browser(server: FakeServer): Browser {
  const name = `browser ${(browsers += 1)}`;
  const locks = processLocks();
  const open = (options: RuncastOptions = {}): Runcast =>
    createRuncast({
      baseUrl: BASE_URL,
      storage: "cookie",
      fetch: server.fetch,
      channel: processChannel(name),
      locks: { request: (lock, work) => locks.request(`${name} ${lock}`, work) },
      ...options,
    });
  const openSignedIn = async (): Promise<Runcast> => {
    if (server.cookie === null) server.rememberAda();
    const tab = open();
    await tab.auth.restore();
    return tab;
  };
  return { open, openSignedIn };
}
