// A failure in words: what happened, what to do, and a button that tries again where that may help.
import { Button } from "./Button.tsx";
import { describe } from "../problem.ts";
import { RefreshIcon } from "./icons.tsx";
import { Note } from "./Note.tsx";

export interface ProblemProps {
  error: unknown;
  /** Tries again what failed. */
  onRetry?: (() => void) | undefined;
}

export function Problem({ error, onRetry }: ProblemProps) {
  const { title, text, fields, mayHelpAgain } = describe(error);
  return (
    <Note
      tone="danger"
      role="alert"
      title={title}
      actions={
        onRetry && mayHelpAgain ? (
          <Button small icon={RefreshIcon} onPress={onRetry}>
            Try again
          </Button>
        ) : undefined
      }
    >
      {text !== "" && <p>{text}</p>}
      {fields.length > 0 && (
        <ul>
          {fields.map((field) => (
            <li key={field}>{field}</li>
          ))}
        </ul>
      )}
    </Note>
  );
}
