// The field for the password that one has.
import { TextField, type TextFieldProps } from "../ui/TextField.tsx";

export function PasswordField(props: Partial<TextFieldProps>) {
  return (
    <TextField
      name="password"
      label="Password"
      type="password"
      autoComplete="current-password"
      isRequired
      {...props}
    />
  );
}
