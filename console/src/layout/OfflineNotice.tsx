// Says that the server cannot be reached, for as long as it cannot. What is shown stays, and is fetched
// anew once the server answers.
import { onlineManager } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { api, queries } from "../runcast.ts";
import { WarningIcon } from "../ui/icons.tsx";
import { waitForServer, watchNetwork } from "./network.ts";
import styles from "./OfflineNotice.module.css";

const EVERY_MS = 4000;

export function OfflineNotice() {
  const [isReached, setReached] = useState(onlineManager.isOnline());
  useEffect(() => watchNetwork(queries, setReached), []);
  useEffect(() => {
    if (isReached) return undefined;
    return waitForServer(askServer, EVERY_MS, () => setReached(true));
  }, [isReached]);
  useFetchingAnew(isReached);
  return (
    <div role="status" className={styles["region"]}>
      {!isReached && (
        <p className={styles["notice"]}>
          <WarningIcon />
          The server cannot be reached. What you see may be old; it goes on as soon as it answers.
        </p>
      )}
    </div>
  );
}

/** Whoever finds that the server is back, a page that asks by itself or the wait: all is fetched anew. */
function useFetchingAnew(isReached: boolean): void {
  const wasReached = useRef(isReached);
  useEffect(() => {
    if (isReached && !wasReached.current) void queries.invalidateQueries();
    wasReached.current = isReached;
  }, [isReached]);
}

function askServer(): Promise<unknown> {
  return api.checkLive();
}
