// Since when what is shown is no longer told anew. A break of a moment is not worth a word.
import { useSeconds, useShown } from "../live/useModel.ts";

const SHORT_MS = 2_000;

/** In milliseconds since 1970; null while the server is there, and while the page replays. */
export function useLostAt(): number | null {
  const lostAt = useShown((model) => (model.replay === null ? model.live.lostAt : null));
  useSeconds(lostAt !== null);
  const isLong = useShown(() => lostAt !== null && Date.now() - lostAt > SHORT_MS);
  return isLong ? lostAt : null;
}
