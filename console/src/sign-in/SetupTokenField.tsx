// The field for the setup token, which makes an account an administrator's.
import { TextField, type TextFieldProps } from "../ui/TextField.tsx";

export function SetupTokenField(props: Partial<TextFieldProps>) {
  return (
    <TextField
      name="setup_token"
      label="Setup token"
      autoComplete="off"
      spellCheck="false"
      mono
      {...props}
    />
  );
}
