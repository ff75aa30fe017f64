// A new password, with the one of now. It ends every other session.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { NewPasswordField } from "../sign-in/NewPasswordField.tsx";
import { api } from "../runcast.ts";
import { Button, LinkButton } from "../ui/Button.tsx";
import { Dialog, DialogActions } from "../ui/Dialog.tsx";
import { Form } from "../ui/Form.tsx";
import { Section } from "../ui/Page.tsx";
import { TextField } from "../ui/TextField.tsx";
import { toast } from "../ui/toast.ts";

export function PasswordSection({ hasPassword }: { hasPassword: boolean }) {
  const [isOpen, setOpen] = useState(false);
  if (!hasPassword) {
    return (
      <Section
        title="Password"
        description="You sign in without one. Set one as if you had forgotten it."
        actions={<LinkButton to="/reset">Set a password</LinkButton>}
      />
    );
  }
  return (
    <>
      <Section
        title="Password"
        description="A new one signs you out everywhere else."
        actions={<Button onPress={() => setOpen(true)}>Change</Button>}
      />
      <Dialog title="Change your password" isOpen={isOpen} onOpenChange={setOpen}>
        <PasswordForm onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function PasswordForm({ onDone }: { onDone: () => void }) {
  const changing = useMutation({
    mutationFn: ({ password = "", current_password = "" }: Record<string, string>) =>
      api.changeMe({ body: { password, current_password } }),
    onSuccess: () => {
      toast("Your password is changed");
      onDone();
    },
  });
  return (
    <Form label="New password" onSubmit={changing.mutate} problem={changing.error}>
      <TextField
        name="current_password"
        label="Your password now"
        type="password"
        autoComplete="current-password"
        isRequired
      />
      <NewPasswordField label="New password" />
      <DialogActions>
        <Button onPress={onDone}>Cancel</Button>
        <Button type="submit" tone="primary" isPending={changing.isPending}>
          Change the password
        </Button>
      </DialogActions>
    </Form>
  );
}
