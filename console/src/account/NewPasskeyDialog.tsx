// A new passkey: a name, the browser's own dialog, and recovery codes if it is the first second factor.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { makePasskey } from "runcast";

import { api } from "../runcast.ts";
import { Button } from "../ui/Button.tsx";
import { deviceOf } from "../ui/device.ts";
import { Dialog, DialogActions } from "../ui/Dialog.tsx";
import { Form } from "../ui/Form.tsx";
import { TextField } from "../ui/TextField.tsx";
import { toast } from "../ui/toast.ts";
import { factorsQuery } from "./queries.ts";
import { RecoveryCodes } from "./RecoveryCodes.tsx";

export interface NewPasskeyDialogProps {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
}

export function NewPasskeyDialog({ isOpen, onOpenChange }: NewPasskeyDialogProps) {
  const fetched = useQueryClient();
  const adding = useMutation({
    mutationFn: addPasskey,
    onSuccess: async ({ recovery_codes }) => {
      await fetched.invalidateQueries(factorsQuery);
      toast("The passkey is added");
      if (!recovery_codes) close();
    },
  });
  const close = () => {
    adding.reset();
    onOpenChange(false);
  };
  const codes = adding.data?.recovery_codes;
  return (
    <Dialog
      title={codes ? "Keep your recovery codes" : "Add a passkey"}
      isOpen={isOpen}
      onOpenChange={close}
      isSticky={Boolean(codes)}
    >
      {codes ? (
        <RecoveryCodes codes={codes} onDone={close} />
      ) : (
        <Form label="New passkey" onSubmit={adding.mutate} problem={adding.error}>
          <TextField
            name="name"
            label="Name"
            description="So that you know it again. Your browser asks for the rest."
            defaultValue={deviceOf(navigator.userAgent)}
            maxLength={200}
            isRequired
          />
          <DialogActions>
            <Button onPress={close}>Cancel</Button>
            <Button type="submit" tone="primary" isPending={adding.isPending}>
              Add
            </Button>
          </DialogActions>
        </Form>
      )}
    </Dialog>
  );
}

async function addPasskey({ name = "" }: Record<string, string>) {
  const { code, options } = await api.createPasskeyOptions();
  const credential = await makePasskey(options);
  return api.addPasskey({ body: { code, name, credential } });
}
