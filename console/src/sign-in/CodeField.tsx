// The field for a code: six digits of the app, or a recovery code.
import { TextField } from "../ui/TextField.tsx";

export function CodeField({ isRecovery }: { isRecovery: boolean }) {
  if (isRecovery) {
    return (
      <TextField
        name="code"
        label="Recovery code"
        description="One of the codes that you kept. Each is good once."
        autoComplete="off"
        spellCheck="false"
        mono
        autoFocus
        isRequired
      />
    );
  }
  return (
    <TextField
      name="code"
      label="Code of your authenticator app"
      autoComplete="one-time-code"
      inputMode="numeric"
      pattern="[0-9 ]*"
      mono
      autoFocus
      isRequired
    />
  );
}
