// Says since when what is shown is no longer told anew; a break of a moment is not worth a word.
import { Note } from "../../ui/Note.tsx";
import { useSeconds, useShown } from "../live/useModel.ts";
import { wholeClockTime } from "../log/times.ts";

const SHORT_MS = 2_000;

export function Lost() {
  const lostAt = useShown((model) => (model.replay === null ? model.live.lostAt : null));
  useSeconds(lostAt !== null);
  const isShown = useShown(() => lostAt !== null && Date.now() - lostAt > SHORT_MS);
  if (lostAt === null || !isShown) return null;
  return (
    <Note
      tone="warning"
      title={`Lost the server; what you see is from ${wholeClockTime(lostAt)}`}
    />
  );
}
