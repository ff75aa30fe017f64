// The field for one's own address.
import { TextField, type TextFieldProps } from "../ui/TextField.tsx";

export function EmailField(props: Partial<TextFieldProps>) {
  return (
    <TextField
      name="email"
      label="Email address"
      type="email"
      autoComplete="username"
      isRequired
      {...props}
    />
  );
}
