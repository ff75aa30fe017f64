// The field for a password that is chosen now, with what the server asks of it.
import { TextField } from "../ui/TextField.tsx";

export function NewPasswordField({ label = "Password" }: { label?: string }) {
  return (
    <TextField
      name="password"
      label={label}
      type="password"
      autoComplete="new-password"
      minLength={8}
      maxLength={1024}
      description="At least 8 characters, and none of the most common passwords."
      isRequired
    />
  );
}
