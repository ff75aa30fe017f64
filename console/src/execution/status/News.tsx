// Tells screen readers what changes, in the one place of the page that speaks: it is always there, because
// a region that comes together with its words is not heard.
import { useEffect, useRef, useState } from "react";

import { useShown } from "../live/useModel.ts";
import { type Moment, momentOf, newsBetween } from "./news.ts";
import { useGone } from "./useGone.ts";
import { useLostAt } from "./useLostAt.ts";

/** What lasts shorter is passed over, so that what changes all the time does not keep one listening. */
const SETTLED_MS = 500;

export function News() {
  const { count, words } = useNews();
  return (
    <p role="status" aria-label="News" className="visually-hidden">
      {/* The same words again are news again. */}
      <span key={count}>{words}</span>
    </p>
  );
}

function useNews() {
  const isGone = useGone() !== null;
  const isLost = useLostAt() !== null && !isGone;
  const now = useShown((model) => momentOf(model, isLost));
  const before = useRef<Moment | null>(null);
  const [said, setSaid] = useState({ count: 0, words: "" });
  useEffect(() => {
    if (now === null) return undefined;
    before.current ??= now;
    const timer = setTimeout(() => {
      const words = newsBetween(before.current ?? now, now);
      before.current = now;
      if (words !== "") setSaid(({ count }) => ({ count: count + 1, words }));
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [now]);
  return said;
}
