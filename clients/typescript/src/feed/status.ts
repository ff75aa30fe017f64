// What a watch tells of its connection to whoever shows it.

/**
 * `connecting`, then `catching_up` while the backlog comes (also after a lag; `behind` in events),
 * then `live`; `waiting` after a break, with the moment of the next try in milliseconds since 1970;
 * `ended` once and last, with the error that ended it, if one did.
 */
export type FeedStatus =
  | { readonly phase: "connecting" }
  | { readonly phase: "catching_up"; readonly behind: number }
  | { readonly phase: "live" }
  | {
      readonly phase: "waiting";
      readonly until: number;
      readonly code: number;
      readonly reason: string;
    }
  | { readonly phase: "ended"; readonly error: Error | null };

export type OnStatus = (status: FeedStatus) => void;

/** The same observer, told nothing behind the end. */
export function untilEnded(onStatus: OnStatus): OnStatus {
  let ended = false;
  return (status) => {
    if (ended) return;
    ended = status.phase === "ended";
    onStatus(status);
  };
}
