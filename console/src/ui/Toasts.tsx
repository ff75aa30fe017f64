// Where notices appear: a polite live region that is always there, so that screen readers hear them.
import { useStore } from "zustand";

import { IconButton } from "./Button.tsx";
import { CheckIcon, CloseIcon, WarningIcon } from "./icons.tsx";
import { dismiss, type Notice, notices } from "./toast.ts";
import styles from "./Toasts.module.css";

export function Toasts() {
  const shown = useStore(notices);
  return (
    // The attribute keeps it in reach while a dialog hides what is behind.
    <div
      role="status"
      aria-live="polite"
      data-react-aria-top-layer="true"
      className={styles["region"]}
    >
      {shown.map((notice) => (
        <Toast key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function Toast({ notice }: { notice: Notice }) {
  const Drawn = notice.tone === "danger" ? WarningIcon : CheckIcon;
  return (
    <div className={styles["toast"]} data-tone={notice.tone}>
      <Drawn />
      <span className={styles["text"]}>{notice.text}</span>
      <IconButton label="Dismiss" icon={CloseIcon} small onPress={() => dismiss(notice.id)} />
    </div>
  );
}
