// A channel on which news is on its way for a while, as between the processes of a browser.

import type { Channel, News } from "../../src/auth/channel.js";

type Hear = (news: News) => void;

/** Returns what makes the tabs' ends of one channel; `delay` is in milliseconds, asked for each time. */
export function slowChannels(delay: () => number): () => Channel {
  const listeners = new Set<Hear>();
  return () => {
    let me: Hear | undefined;
    return {
      post: (news) => {
        const others = [...listeners].filter((listener) => listener !== me);
        setTimeout(() => others.forEach((hear) => hear(news)), delay());
      },
      listen: (listener) => {
        me = listener;
        listeners.add(listener);
      },
      close: () => undefined,
    };
  };
}
