// How the connection to the feed is, in a few words that a screen reader is told of once they change.
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
  useSeconds(status.phase === "waiting");
  const words = useWords(status, behind);
  const isGone = useGone() !== null;
  const mayComeBack = status.phase === "ended" && status.error !== null && !isGone;
  const { live } = useModel();
  return (
    <span className={styles["connection"]} role="status">
      {isReplaying ? (
        <Badge tone="info">Replay</Badge>
      ) : (
        <>
          <span className={styles["dot"]} data-phase={status.phase} />
          {isGone ? "No longer live" : words}
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
  if (status.phase === "waiting") return waitWords(status.until);
  return status.error === null ? "Complete" : "Cut off";
}

function waitWords(until: number): string {
  const seconds = Math.ceil((until - Date.now()) / 1000);
  return seconds > 0 ? `Connecting again in ${seconds} s` : "Connecting again";
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

/** Counts that change all the time would keep a screen reader talking. */
function roundDown(count: number): number {
  return count > 10_000 ? Math.ceil(count / 10_000) * 10_000 : Math.ceil(count / 1_000) * 1_000;
}
