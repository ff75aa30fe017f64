// A failure in words: what happened, what to do, and a button that tries again where that may help.
import { describe, statusOf } from "../problem.ts";
import { Button } from "./Button.tsx";
import { RefreshIcon } from "./icons.tsx";
import { Note } from "./Note.tsx";
import { SignInHere } from "./SignInHere.tsx";

const SIGNED_OUT = 401;

export interface ProblemProps {
  error: unknown;
  /** Tries again what failed. */
  onRetry?: (() => void) | undefined;
}

export function Problem({ error, onRetry }: ProblemProps) {
  const { title, text, fields } = describe(error);
  return (
    <Note
      tone="danger"
      role="alert"
      title={title}
      actions={<WayOn error={error} onRetry={onRetry} />}
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

function WayOn({ error, onRetry }: ProblemProps) {
  if (statusOf(error) === SIGNED_OUT) return <SignInHere small />;
  if (onRetry === undefined || !describe(error).mayHelpAgain) return null;
  return (
    <Button small icon={RefreshIcon} onPress={onRetry}>
      Try again
    </Button>
  );
}
