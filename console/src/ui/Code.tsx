// Text for machines: a word in a sentence, and a field to copy from (what is told once).
import { useState } from "react";

import { Button, IconButton } from "./Button.tsx";
import styles from "./Code.module.css";
import { CheckIcon, CopyIcon } from "./icons.tsx";
import { toast } from "./toast.ts";

export function Code({ children }: { children: string }) {
  return <code className={styles["code"]}>{children}</code>;
}

export function CopyField({ label, value }: { label: string; value: string }) {
  return (
    <div className={styles["field"]}>
      <span className={styles["label"]} aria-hidden="true">
        {label}
      </span>
      <div className={styles["row"]}>
        <input
          readOnly
          aria-label={label}
          value={value}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyWords text={value} label={label} />
      </div>
    </div>
  );
}

/** A small button that copies, for a row or a corner. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const { isCopied, copy } = useCopying(text);
  return (
    <IconButton
      small
      label={label}
      icon={isCopied ? CheckIcon : CopyIcon}
      onPress={() => void copy()}
    />
  );
}

function CopyWords({ text, label }: { text: string; label: string }) {
  const { isCopied, copy } = useCopying(text);
  return (
    <Button
      icon={isCopied ? CheckIcon : CopyIcon}
      onPress={() => void copy()}
      aria-label={`Copy ${label}`}
    >
      {isCopied ? "Copied" : "Copy"}
    </Button>
  );
}

function useCopying(text: string) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      toast("Copied");
    } catch {
      toast("This browser does not let the page copy. Select the text and copy it.", "danger");
    }
  };
  return { isCopied, copy };
}
