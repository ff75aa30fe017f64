// How it ended: what went wrong, in full below the status, or the way to the result.
import type { Execution } from "runcast";

import { Button } from "../../ui/Button.tsx";
import { Code } from "../../ui/Code.tsx";
import { Note } from "../../ui/Note.tsx";
import { useEnd } from "../details/useEnd.ts";
import styles from "./Ending.module.css";

export function Failure({ execution }: { execution: Execution }) {
  const { error } = useEnd(execution);
  if (error === null) return null;
  return (
    <Note
      tone={execution.state === "failed" ? "danger" : "neutral"}
      title={execution.state === "failed" ? "It failed" : "It was cancelled"}
    >
      <p className={styles["message"]}>{error.message}</p>
      <p>
        Its code is <Code>{error.code}</Code>.
      </p>
    </Note>
  );
}

export interface SeeResultProps {
  execution: Execution;
  onPress: () => void;
}

export function SeeResult({ execution, onPress }: SeeResultProps) {
  const { hasResult, result } = useEnd(execution);
  if (!hasResult || result === null) return null;
  return <Button onPress={onPress}>See the result</Button>;
}
