// JSON that is too much to be edited with ease: how it begins, and a way to all of it.
import { Button } from "../ui/Button.tsx";
import { CopyButton } from "../ui/Code.tsx";
import { Note } from "../ui/Note.tsx";
import styles from "./JsonEditor.module.css";
import { beginningOf } from "./large.ts";

export interface LargeTextProps {
  label: string;
  text: string;
  isReadOnly: boolean;
  onOpen: () => void;
}

export function LargeText({ label, text, isReadOnly, onOpen }: LargeTextProps) {
  return (
    <>
      <Note
        tone="warning"
        title={`${Math.ceil(text.length / 1_000).toLocaleString("en")} kB of text; this is its beginning`}
        actions={
          <>
            <Button small onPress={onOpen}>
              {isReadOnly ? "Show all of it" : "Edit all the same"}
            </Button>
            <CopyButton text={text} label={`Copy all of ${label.toLowerCase()}`} />
          </>
        }
      >
        An editor with all of it may be slow.
      </Note>
      <pre
        className={styles["plain"]}
        role="region"
        aria-label={label}
        // What scrolls takes the focus, so that the keyboard reaches all of it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        {beginningOf(text)}
      </pre>
    </>
  );
}
