// Another address: the new one gets a letter first where the server sends letters.
import { useMutation } from "@tanstack/react-query";

import { api, runcast } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog, DialogActions } from "../ui/Dialog.tsx";
import { Form } from "../ui/Form.tsx";
import { TextField } from "../ui/TextField.tsx";
import { toast } from "../ui/toast.ts";

export interface AddressDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function AddressDialog({ isOpen, onOpenChange }: AddressDialogProps) {
  return (
    <Dialog title="Change your address" isOpen={isOpen} onOpenChange={onOpenChange}>
      <AddressForm onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function AddressForm({ onDone }: { onDone: () => void }) {
  const changing = useMutation({
    mutationFn: changeAddress,
    onSuccess: (isChanged) => {
      toast(
        isChanged ? "Your address is changed" : "Follow the link in the letter to the new address",
      );
      onDone();
    },
  });
  return (
    <Form label="New address" onSubmit={changing.mutate} problem={changing.error}>
      <TextField name="email" label="New address" type="email" autoComplete="email" isRequired />
      <TextField
        name="current_password"
        label="Your password"
        type="password"
        autoComplete="current-password"
        isRequired
      />
      <DialogActions>
        <Button onPress={onDone}>Cancel</Button>
        <Button type="submit" tone="primary" isPending={changing.isPending}>
          Change the address
        </Button>
      </DialogActions>
    </Form>
  );
}

/** Returns whether it holds already; else a letter has to be followed. */
async function changeAddress(fields: Record<string, string>): Promise<boolean> {
  const { email = "", current_password = "" } = fields;
  const before = runcast.auth.getState().user?.email;
  await api.changeMe({ body: { email, current_password } });
  const { email: after } = await runcast.auth.reloadUser();
  return after !== before;
}
