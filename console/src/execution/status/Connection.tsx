// How the connection to the feed is, in a few words to look at: News tells of it who listens.
import { useEffect, useState } from "react";

import { useModel, useSeconds, useShown } from "../live/useModel.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import styles from "./Status.module.css";
import { useGone } from "./useGone.ts";

export function Connection() {
  const status = useShown((model) => model.live.status);
  const behind = useShown((model) => roundDown(model.live.behind));
  const isReplaying = useShown((model) => model.replay !== null);
  const words = useWords(status, behind);
  const isGone = useGone() !== null;
  const mayComeBack = status.phase === "ended" && status.error !== null && !isGone;
  const { live } = useModel();
  return (
    <span className={styles["connection"]} role="group" aria-label="Connection">
      {isReplaying ? (
        <Badge tone="info">Replay</Badge>
      ) : (
        <>
          <span className={styles["dot"]} data-phase={status.phase} />
          {isGone ? "No longer live" : words}
          {status.phase === "waiting" && <Countdown until={status.until} />}
        </>
      )}
      {mayComeBack && (
        <Button small onPress={() => void live.again()}>
          Connect again
        </Button>
      )}
    </span>
  );
}

type Status = ReturnType<typeof useModel>["live"]["status"];

function useWords(status: Status, behind: number): string {
  const isSlow = useIsSlow(status);
  if (status.phase === "live") return "Live";
  if (status.phase === "connecting") return isSlow ? "Connecting" : "";
  if (status.phase === "catching_up") {
    return behind > 0 ? `Catching up, ${behind.toLocaleString("en")} to go` : "Catching up";
  }
  if (status.phase === "waiting") return "Connecting again";
  return status.error === null ? "Complete" : "Cut off";
}

/** Not for screen readers, which would read it anew each second. */
function Countdown({ until }: { until: number }) {
  useSeconds(true);
  const seconds = useShown(() => Math.ceil((until - Date.now()) / 1000));
  return seconds > 0 && <span aria-hidden="true">in {seconds} s</span>;
}

/** Whether a status lasts so long that it is worth a word. */
function useIsSlow(status: Status): boolean {
  const [slow, setSlow] = useState<Status | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(status), 500);
    return () => clearTimeout(timer);
  }, [status]);
  return slow === status;
}

/** Counts that change all the time are none to read. */
function roundDown(count: number): number {
  return count > 10_000 ? Math.ceil(count / 10_000) * 10_000 : Math.ceil(count / 1_000) * 1_000;
}
