// Says since when what is shown is no longer told anew, and why, where it never will be. A break of a moment
// is not worth a word.
import { Note } from "../../ui/Note.tsx";
import { useSeconds, useShown } from "../live/useModel.ts";
import { wholeClockTime } from "../log/times.ts";
import { useGone } from "./useGone.ts";

const SHORT_MS = 2_000;

export function Lost() {
  const gone = useGone();
  const lostAt = useShown((model) => model.live.lostAt);
  const isReplaying = useShown((model) => model.replay !== null);
  useSeconds(lostAt !== null && gone === null);
  const isShown = useShown(() => lostAt !== null && Date.now() - lostAt > SHORT_MS);
  if (gone !== null) {
    return (
      <Note tone="warning" role="alert" title={gone.title}>
        {gone.text}
        {lostAt !== null && ` What you see is from ${wholeClockTime(lostAt)}.`}
      </Note>
    );
  }
  if (lostAt === null || !isShown || isReplaying) return null;
  return (
    <Note
      tone="warning"
      title={`Lost the server; what you see is from ${wholeClockTime(lostAt)}`}
    />
  );
}
