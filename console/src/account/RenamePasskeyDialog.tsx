// Another name for a passkey.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Passkey } from "runcast";

import { api } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog, DialogActions } from "../ui/Dialog.tsx";
import { Form } from "../ui/Form.tsx";
import { TextField } from "../ui/TextField.tsx";
import { factorsQuery } from "./queries.ts";

export interface RenamePasskeyDialogProps {
  passkey: Passkey;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function RenamePasskeyDialog({ passkey, isOpen, onOpenChange }: RenamePasskeyDialogProps) {
  const fetched = useQueryClient();
  const renaming = useMutation({
    mutationFn: ({ name = "" }: Record<string, string>) =>
      api.renamePasskey({ path: { passkey_id: passkey.id }, body: { name } }),
    onSuccess: async () => {
      await fetched.invalidateQueries(factorsQuery);
      onOpenChange(false);
    },
  });
  return (
    <Dialog title="Rename the passkey" isOpen={isOpen} onOpenChange={onOpenChange}>
      <Form label="Name of the passkey" onSubmit={renaming.mutate} problem={renaming.error}>
        <TextField
          name="name"
          label="Name"
          defaultValue={passkey.name}
          maxLength={200}
          isRequired
        />
        <DialogActions>
          <Button onPress={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" tone="primary" isPending={renaming.isPending}>
            Save
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  );
}
