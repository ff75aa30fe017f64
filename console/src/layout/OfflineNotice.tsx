// Says that the server cannot be reached, for as long as it cannot. What is shown stays; it goes on by
// itself.
import { onlineManager } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { queries } from "../runcast.ts";
import { WarningIcon } from "../ui/icons.tsx";
import { watchNetwork } from "./network.ts";
import styles from "./OfflineNotice.module.css";

export function OfflineNotice() {
  const [isReached, setReached] = useState(onlineManager.isOnline());
  useEffect(() => watchNetwork(queries, setReached), []);
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
