// Recovery codes, told this once: to copy, to download, and to say that they are kept.
import { Button } from "../ui/Button.tsx";
import { CopyButton } from "../ui/Code.tsx";
import { DialogActions } from "../ui/Dialog.tsx";
import { DownloadIcon } from "../ui/icons.tsx";
import { Note } from "../ui/Note.tsx";
import { download } from "../ui/download.ts";
import styles from "./Account.module.css";

export interface RecoveryCodesProps {
  codes: readonly string[];
  onDone: () => void;
}

export function RecoveryCodes({ codes, onDone }: RecoveryCodesProps) {
  const text = codes.join("\n");
  return (
    <>
      <Note tone="warning" title="They are shown this once">
        Each signs you in once where your app or passkey is lost. Keep them where you keep
        passwords.
      </Note>
      <ul className={styles["codes"]} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <DialogActions>
        <CopyButton text={text} label="Copy the codes" />
        <Button
          icon={DownloadIcon}
          onPress={() => download("runcast-recovery-codes.txt", [text, "\n"])}
        >
          Download
        </Button>
        <Button tone="primary" onPress={onDone}>
          I have kept them
        </Button>
      </DialogActions>
    </>
  );
}
