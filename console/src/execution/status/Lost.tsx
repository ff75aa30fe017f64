// Says since when what is shown is no longer told anew, and why, where it never will be.
import { Note } from "../../ui/Note.tsx";
import { useShown } from "../live/useModel.ts";
import { wholeClockTime } from "../log/times.ts";
import { useGone } from "./useGone.ts";
import { useLostAt } from "./useLostAt.ts";

export function Lost() {
  const gone = useGone();
  const goneAt = useShown((model) => model.live.lostAt);
  const lostAt = useLostAt();
  if (gone !== null) {
    return (
      <Note tone="warning" role="alert" title={gone.title}>
        {gone.text}
        {goneAt !== null && ` What you see is from ${wholeClockTime(goneAt)}.`}
      </Note>
    );
  }
  if (lostAt === null) return null;
  return (
    <Note
      tone="warning"
      title={`Lost the server; what you see is from ${wholeClockTime(lostAt)}`}
    />
  );
}
