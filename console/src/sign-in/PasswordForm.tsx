// Address and password. Who has a second factor goes on with that.
import { useMutation } from "@tanstack/react-query";
import { SecondFactorRequired } from "runcast";

import { runcast } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { Form } from "../ui/Form.tsx";
import { EmailField } from "./EmailField.tsx";
import { PasswordField } from "./PasswordField.tsx";

export interface PasswordFormProps {
  /** The address to begin with, where it is known. */
  email: string | undefined;
  onSecondFactor: (asked: SecondFactorRequired) => void;
}

export function PasswordForm({ email: known, onSecondFactor }: PasswordFormProps) {
  const signing = useMutation({
    mutationFn: ({ email = "", password = "" }: Record<string, string>) =>
      runcast.auth.login({ email, password }),
    onError: (error) => error instanceof SecondFactorRequired && onSecondFactor(error),
  });
  return (
    <Form
      label="Sign in with a password"
      onSubmit={signing.mutate}
      problem={signing.error instanceof SecondFactorRequired ? null : signing.error}
      actions={
        <Button type="submit" tone="primary" isPending={signing.isPending}>
          Sign in
        </Button>
      }
    >
      <EmailField defaultValue={known ?? ""} autoFocus={known === undefined} />
      <PasswordField autoFocus={known !== undefined} />
    </Form>
  );
}
